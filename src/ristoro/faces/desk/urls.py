"""The addresses of the desk. None names a mailbox: what is looked up is sent by POST."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.desk import answers, call, queue, requests, search

app_name = "desk"
_CALL = "chiamata/<int:call_id>/"
_ANSWER = f"{_CALL}risposta/<int:grant_id>/"
_ASKED = "coda/<int:callback_id>/"
urlpatterns = [
    path("", search.desk, name="desk"),
    path("cerca/", search.find, name="find"),
    path("verifica/", search.check, name="check"),
    path("tasti/", search.keys, name="keys"),
    path("tasti/scelta/", search.switch, name="switch"),
    path("coda/", queue.queue, name="queue"),
    path(f"{_ASKED}prendi/", queue.take, name="take"),
    path(f"{_ASKED}chiama/", queue.dial, name="dial"),
    path(f"{_ASKED}fatto/", queue.done, name="done"),
    path(f"{_ASKED}senza-risposta/", queue.unanswered, name="unanswered"),
    path(f"{_ASKED}lascia/", queue.give_back, name="give-back"),
    path(_CALL, call.call, name="call"),
    path(f"{_CALL}codice/", call.ask, name="ask"),
    path(f"{_CALL}verifica/", call.verify, name="verify"),
    path(f"{_CALL}altro-modo/", call.verify_otherwise, name="verify-otherwise"),
    path(f"{_CALL}lettera/", call.check, name="check-letter"),
    path(f"{_CALL}fine/", call.end, name="end"),
    path(f"{_CALL}guasto/", requests.fault, name="fault"),
    path(f"{_CALL}richiamo/", requests.callback, name="callback"),
    path(_ANSWER, answers.answer, name="answer"),
    path(f"{_ANSWER}ripensamento/", answers.take_back, name="take-back"),
]
