"""The words of a bundle's sheets, in Italian and English: for a court, so nothing is cut."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]

HEADINGS: Mapping[str, Words] = {
    "title": {"it": "Richiesta di risarcimento {number}", "en": "Claim for damages {number}"},
    "claim": {"it": "Che cosa è stato chiesto", "en": "What was claimed"},
    "evidence": {"it": "Che cosa mostrano i registri", "en": "What the logs show"},
    "limits": {"it": "Che cosa i registri non dimostrano", "en": "What the logs cannot prove"},
    "custody": {"it": "Da dove vengono le prove", "en": "Where the evidence comes from"},
    "rule": {"it": "La regola", "en": "The rule"},
    "decision": {"it": "La decisione", "en": "The decision"},
    "timeline": {"it": "Che cosa è successo, e quando", "en": "What happened, and when"},
    "check": {"it": "Come si controlla questo fascicolo", "en": "How this bundle is checked"},
}
LABELS: Mapping[str, Words] = {
    "mailbox": {"it": "Casella", "en": "Mailbox"},
    "outage": {"it": "Disservizio", "en": "Outage"},
    "filed": {"it": "Presentata", "en": "Filed"},
    "due": {"it": "Risposta entro", "en": "Answer due by"},
    "lost": {"it": "Danno", "en": "Loss"},
    "counterparty": {"it": "Da chi o per chi", "en": "From or for whom"},
    "happened": {"it": "Giorno", "en": "Day"},
    "cost": {"it": "Somma chiesta", "en": "Sum claimed"},
    "how": {"it": "Racconto", "en": "Account"},
    "document": {"it": "Documento", "en": "Document"},
    "window": {"it": "Periodo esaminato", "en": "Period looked at"},
    "messages": {"it": "Messaggi arrivati ai nostri server", "en": "Messages that reached us"},
    "delivered": {"it": "Consegnati senza ritardo", "en": "Delivered without delay"},
    "late": {"it": "Consegnati in ritardo", "en": "Delivered late"},
    "not_delivered": {"it": "Non consegnati", "en": "Not delivered"},
    "waiting": {"it": "Di cui i registri non dicono la fine", "en": "Whose end is not shown"},
    "refused_at_door": {"it": "Rifiutati all'ingresso", "en": "Refused at the door"},
    "sign_ins_ours": {"it": "Accessi rifiutati per colpa nostra", "en": "Sign-ins refused by us"},
    "outcome": {"it": "Esito", "en": "Outcome"},
    "reasons": {"it": "Motivi", "en": "Reasons"},
    "words": {"it": "In parole", "en": "In words"},
    "amount": {"it": "Danno riconosciuto", "en": "Loss recognised"},
    "set_off": {"it": "Già dato per lo stesso danno", "en": "Given before for the same loss"},
    "pays": {"it": "Somma da pagare", "en": "Sum to be paid"},
    "found_at": {"it": "Deciso", "en": "Decided"},
    "agreed_at": {"it": "Confermato da un'altra persona", "en": "Agreed by another person"},
    "settlement": {"it": "Pagamento", "en": "Payment"},
    "in_kind": {"it": "Offerto in natura", "en": "Offered in kind"},
    "policy": {"it": "Politica", "en": "Policy"},
}
LOST: Mapping[str, Words] = {
    "mail-never-came": {"it": "posta mai arrivata", "en": "mail that never came"},
    "mail-came-late": {"it": "posta arrivata in ritardo", "en": "mail that came late"},
    "could-not-send": {"it": "impossibile spedire", "en": "could not send"},
    "could-not-sign-in": {"it": "impossibile entrare", "en": "could not sign in"},
    "other": {"it": "altro", "en": "other"},
}
LIMITS: Mapping[str, Words] = {
    "no-evidence": {
        "it": "Di questo periodo non è stato importato nessun registro.",
        "en": "No log of this period was imported.",
    },
    "not-covered": {
        "it": "Per una parte del periodo non c'è nessun registro.",
        "en": "For part of the period there is no log.",
    },
    "silent-host": {
        "it": "Di un server non ci sono righe, mentre un altro ne ha.",
        "en": "One host has no line of this time, while another has.",
    },
    "service-stopped": {
        "it": "Un servizio era fermo: chi ha provato a entrare allora non è in nessun registro.",
        "en": "A service was stopped: whoever tried to sign in then is in no log.",
    },
    "no-line": {
        "it": "Di questa casella non c'è nessuna riga: né che la posta è arrivata, né che no.",
        "en": "There is no line of this mailbox: neither that mail came, nor that it did not.",
    },
    "unnamed-sign-ins": {
        "it": "Alcuni accessi sono falliti per colpa del server prima che si sapesse di chi erano.",
        "en": "Some sign-ins failed by the host's fault before it was known whose they were.",
    },
    "still-waiting": {
        "it": "Di alcuni messaggi i registri finiscono prima della fine.",
        "en": "Of some messages the logs end before their end.",
    },
    "unknown-lines": {
        "it": "Alcune righe non sono state comprese; sono contate.",
        "en": "Some lines were not understood; they are counted.",
    },
    "before-our-door": {
        "it": "La posta che non ha mai raggiunto i nostri server non è in nessuno di questi"
        " registri.",
        "en": "Mail that never reached our hosts is in none of these logs.",
    },
    "cut": {
        "it": "C'è più di quanto è elencato; i totali contano tutto.",
        "en": "There is more than is listed; the totals count all of it.",
    },
}
CUSTODY: Words = {
    "it": "Ogni fatto nomina il file, la riga e lo SHA-256 del file di registro da cui viene."
    " I file sono stati letti una volta e non sono cambiati da allora.",
    "en": "Every fact names the file, the line and the SHA-256 of the log file that it comes from."
    " The files were read once, and have not changed since.",
}
NO_RIGHT: Words = {
    "it": "Chi accetta quanto è deciso qui non rinuncia a nessun diritto: né ad agire in giudizio,"
    " né a chiedere il danno ulteriore.",
    "en": "Whoever accepts what is decided here gives up no right: neither to go to court, nor to"
    " ask for the further loss.",
}
NOT_DECIDED: Words = {"it": "Non è ancora deciso.", "en": "It is not decided yet."}
NO_RUN: Words = {
    "it": "Di questo disservizio non c'è un programma di ristori: decide la legge.",
    "en": "There is no programme of remedies for this outage: the law decides.",
}
LAW: Words = {
    "it": "Chi chiede un risarcimento afferma l'inadempimento e prova il danno e il suo legame con"
    " esso (artt. 1218, 1223 e 2697 del codice civile).",
    "en": "Whoever asks for damages alleges the breach, and proves the loss and its link to it"
    " (arts. 1218, 1223 and 2697 of the Italian Civil Code).",
}
CHECK: Words = {
    "it": "Scarica la chiave pubblica del fornitore dal suo sito"
    " (/.well-known/ristoro-facts.pem) ed esegui: ristoro claims verify FASCICOLO --key CHIAVE."
    " manifest.json elenca ogni file con il suo SHA-256 ed è firmato con Ed25519.",
    "en": "Fetch the provider's public key from its site (/.well-known/ristoro-facts.pem) and run:"
    " ristoro claims verify BUNDLE --key KEY. manifest.json lists every file with its SHA-256, and"
    " is signed with Ed25519.",
}
