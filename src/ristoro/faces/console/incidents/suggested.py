"""Sentences to begin from, for each phase, in both languages; whoever uses one makes it true."""

from __future__ import annotations

from collections.abc import Mapping

from ristoro.outages.incidents.publish import Words
from ristoro.outages.incidents.states import Phase

SENTENCES: Mapping[Phase, tuple[Words, ...]] = {
    Phase.INVESTIGATING: (
        Words(
            "Alcune caselle non si aprono. Stiamo cercando la causa.",
            "Some mailboxes do not open. We are looking for the cause.",
        ),
        Words(
            "La posta già arrivata è al sicuro. Quella in arrivo aspetta e viene consegnata dopo.",
            "Mail that has arrived is safe. Mail on its way waits, and is delivered afterwards.",
        ),
        Words(
            "Non serve cambiare la password né reinstallare nulla.",
            "You need not change your password, nor install anything again.",
        ),
    ),
    Phase.IDENTIFIED: (
        Words(
            "Abbiamo trovato la causa: un guasto dei sistemi che conservano la posta.",
            "We have found the cause: a fault of the systems that keep the mail.",
        ),
        Words(
            "Riapriamo le caselle a gruppi, dopo averle controllate una per una.",
            "We reopen mailboxes in groups, after checking each of them.",
        ),
        Words(
            "Non possiamo ancora dire quando tutto funzionerà. Scriviamo di nuovo entro due ore.",
            "We cannot say yet when everything will work. We write again within two hours.",
        ),
    ),
    Phase.MONITORING: (
        Words(
            "Tutte le caselle si aprono di nuovo. Restiamo a guardare che continuino a funzionare.",
            "All mailboxes open again. We keep watching that they go on working.",
        ),
        Words(
            "La posta che ha aspettato sta arrivando; può volerci qualche ora.",
            "Mail that waited is arriving; it may take some hours.",
        ),
    ),
    Phase.RESOLVED: (
        Words(
            "Il disservizio è finito e tutta la posta in attesa è stata consegnata.",
            "The outage is over, and all mail that waited has been delivered.",
        ),
        Words(
            "Ce ne scusiamo. In queste pagine diremo che cosa è dovuto a chi ne è stato colpito.",
            "We are sorry. These pages will say what is owed to those who were affected.",
        ),
    ),
    Phase.POSTMORTEM: (
        Words(
            "Che cosa è successo, perché, e che cosa abbiamo cambiato perché non succeda più.",
            "What happened, why, and what we have changed so that it does not happen again.",
        ),
    ),
    Phase.SCHEDULED: (
        Words(
            "In queste ore la webmail e i programmi di posta possono non rispondere per alcuni"
            " minuti.",
            "In these hours the webmail and mail programs may not answer for some minutes.",
        ),
        Words(
            "La posta in arrivo non va persa: viene consegnata alla fine dei lavori.",
            "Mail on its way is not lost: it is delivered when the work is done.",
        ),
    ),
    Phase.IN_PROGRESS: (
        Words("I lavori sono cominciati.", "The work has begun."),
        Words("I lavori durano più del previsto.", "The work takes longer than planned."),
    ),
    Phase.VERIFYING: (
        Words(
            "I lavori sono finiti. Stiamo controllando che tutto funzioni.",
            "The work is done. We are checking that everything works.",
        ),
    ),
    Phase.COMPLETED: (
        Words("I lavori sono finiti e tutto funziona.", "The work is finished and all is well."),
        Words(
            "I lavori annunciati non si fanno: daremo notizia di una nuova data.",
            "The announced work is not being done: we shall tell of a new date.",
        ),
    ),
}


def added(fields: Mapping[str, str], phase: Phase, number: int) -> dict[str, str]:
    """The fields with one sentence more at the end of both texts, unless it stands there."""
    listed = SENTENCES[phase]
    if not 0 <= number < len(listed):
        return dict(fields)
    found = dict(fields)
    for name, text in (("text.it", listed[number].it), ("text.en", listed[number].en)):
        so_far = found.get(name, "").rstrip()
        if text not in so_far:
            found[name] = f"{so_far} {text}".strip()
    return found
