"""A file that is sent by a form, written to the disk while it comes."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from ristoro.errands.uploads import Coming
from ristoro.kernel.errors import BadInput


class Streamed(FileUploadHandler):
    """Takes the first file of a form; what stands against it is kept for the page to say."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.coming: Coming | None = None
        self.refused: BadInput | None = None

    def new_file(self, *named: Any, **more: Any) -> None:
        super().new_file(*named, **more)
        if self.coming is not None or self.refused is not None:
            raise SkipFile
        try:
            self.coming = Coming(self.file_name or "")
        except BadInput as error:
            self.refused = error
            raise SkipFile from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.coming is not None
        try:
            self.coming.write(raw_data)
        except BadInput as error:
            self.refused = error
            self.drop()
            raise SkipFile from error

    def file_complete(self, file_size: int) -> None:
        """Nothing for the form: the file is no part of it any more."""

    def upload_interrupted(self) -> None:
        self.drop()

    def drop(self) -> None:
        """Remove what came, unless it was kept."""
        if self.coming is not None:
            self.coming.drop()
