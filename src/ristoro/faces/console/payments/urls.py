"""The addresses of payments."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.payments import batches, deciding, reading, views

urlpatterns = [
    path("pagamenti/", views.to_pay, name="payments"),
    path("pagamenti/attesa/", views.waiting, name="payments-waiting"),
    path("pagamenti/esito/<slug:which>/", views.ended, name="payments-ended"),
    path("pagamenti/prepara/", batches.prepare, name="prepare-batch"),
    path("pagamenti/distinte/", batches.batches, name="batches"),
    path("pagamenti/distinte/<slug:name>/", batches.batch, name="batch"),
    path("pagamenti/distinte/<slug:name>/sciogli/", batches.drop, name="drop-batch"),
    path("pagamenti/distinte/<slug:name>/file/", batches.take_away, name="batch-file"),
    path("pagamenti/banca/", reading.bank_files, name="bank-files"),
    path("pagamenti/banca/<slug:digest>/", reading.bank_file, name="bank-file"),
    path("pagamenti/banca/<slug:digest>/applica/", reading.apply, name="apply-bank-file"),
    path("pagamenti/banca/<slug:digest>/guarda/", reading.look, name="look-bank-file"),
    path("pagamenti/banca/<slug:digest>/righe/<int:pk>/", reading.handle, name="handle-stray"),
    path("pagamenti/<int:pk>/", views.payment, name="payment"),
    path("pagamenti/<int:pk>/verifica/", deciding.answered, name="payment-answered"),
    path("pagamenti/<int:pk>/procedi/", deciding.let_go, name="payment-let-go"),
    path("pagamenti/<int:pk>/riprova/", deciding.try_again, name="payment-again"),
]
