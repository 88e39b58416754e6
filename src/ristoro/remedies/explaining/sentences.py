"""Every sentence of an explanation, in Italian and in English.

They are written for each language by itself: neither is a translation of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ristoro.kernel.money import Rounding
from ristoro.remedies.language.checked import (
    BELOW_LEAST,
    CLAIMED_LATE,
    GIVEN_ONCE,
    NOT_CLAIMED,
    NOT_KNOWN,
    PERSON_CAP,
    ZERO_AMOUNT,
)

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language; braces are filled with texts ready to be read."""

    head: str
    mailbox: str
    owed: str
    nothing: str
    rule: str
    otherwise: str
    reference: str
    author: str
    reasons: Words
    """Of the zeros that no rule writes."""
    gifts: Words
    """The amount by kind of grant."""
    until: str
    consents: Words
    by: str
    silences: Words
    """After a confirmation that never came."""
    unclaimed: str
    natures: Words
    nature: str
    rights: Words
    channels: Words
    paid_by: str
    ways: str
    """Between two ways of payment."""
    channel_over: str
    channel_closed: str
    paid_within: str
    arithmetic: str
    in_force: str
    lowest: str
    deducted: str
    rounded: str
    roundings: Mapping[Rounding, str]
    below_zero: str
    least_over: str
    least_from: str
    storage: str
    paid: str
    no_paid: str
    once: str
    person_cap: str
    person_one: str
    person_more: str
    why_rule: str
    holds: str
    fails: str
    unknown: str
    read: str
    last: str
    different: str
    would_stop: str
    would_unknown: str
    would_give: str
    would_zero: str
    own_zero: str
    no_giving: str
    times: str
    never: str
    window: str
    counted: str
    nothing_counted: str
    over: str
    populations: Words
    same: str
    differs: str
    stored: str
    again: str
    checked: str
    proven: str
    unproven: str
    no_trace: str
    as_decided: str
    what_if: str
    why_if: str
    by_rule: str
    consent: str
    asked: Words
    deadline: str
    none: str


IT = Sentences(
    head="{policy}, versione {version}. Disservizio: {outage}. Deciso con i dati del {day}.",
    mailbox="{address} (casella {id})",
    owed="{title}. Spetta: {gift}.",
    nothing="{title}. Non spetta nulla: {because} [{reason}]",
    rule="Regola «{name}», {file}, riga {line}",
    otherwise="Nessuna regola vale, perciò decide l'ultima voce, «{name}», {file}, riga {line}",
    reference="Fonte: {text}",
    author="Deciso da {author} il {day}: {because}",
    reasons={
        BELOW_LEAST: "l'importo non arriva al minimo previsto.",
        ZERO_AMOUNT: "il calcolo dà zero.",
        NOT_KNOWN: "manca un dato che serve al calcolo.",
        NOT_CLAIMED: "nessuno lo ha chiesto entro il termine.",
        CLAIMED_LATE: "è stato chiesto dopo il termine.",
        GIVEN_ONCE: "lo riceve un'altra casella della stessa persona.",
        PERSON_CAP: "le altre caselle della stessa persona hanno già raggiunto il tetto.",
    },
    gifts={
        "storage": "{amount} di spazio in più",
        "extension": "{amount} in più di abbonamento",
        "service-days": "{amount} in più di servizio",
        "credit": "{amount} di credito",
        "refund": "{amount} di rimborso",
        "indemnity": "{amount} di indennizzo",
    },
    until=", fino al {day}",
    consents={
        "automatic": "Si dà senza che nessuno debba chiederlo.",
        "confirm": "Si dà a chi conferma",
        "claim": "Si dà a chi lo chiede",
    },
    by=" entro il {day}",
    silences={
        "give": "; chi non risponde lo riceve lo stesso.",
        "ask-again": "; a chi non risponde si chiede di nuovo.",
        "forfeit": "; chi non risponde lo perde.",
    },
    unclaimed="; chi non lo chiede in tempo lo perde.",
    natures={
        "goodwill": "una liberalità",
        "price-reduction": "una riduzione di prezzo",
        "service-credit": "un credito di servizio",
        "indemnity": "un indennizzo",
        "damages": "un risarcimento",
    },
    nature="In contabilità è {nature}. {rights}",
    rights={
        "kept": "Chi lo riceve conserva ogni altro diritto.",
        "deducted": "Va scalato da un eventuale risarcimento dello stesso danno.",
    },
    channels={
        "mailbox": "direttamente sulla casella",
        "bill": "in fattura",
        "credit": "come credito",
        "transfer": "con bonifico",
    },
    paid_by="Si riceve {channels}.",
    ways="; altrimenti ",
    channel_over="{channel} oltre {amount}",
    channel_closed="{channel} se la casella è chiusa",
    paid_within="Va pagato entro {time}.",
    arithmetic="Calcolo",
    in_force="{name} = {value} (dal {day}, riga {line})",
    lowest="il minore fra {amount} e {cap} = {value}",
    deducted="meno quanto già avuto: {amount} − {deducts} = {value}",
    rounded="{exact}, {how} = {value}",
    roundings={
        Rounding.UP: "arrotondato per eccesso",
        Rounding.DOWN: "arrotondato per difetto",
        Rounding.HALF_UP: "arrotondato al più vicino, la metà per eccesso",
        Rounding.HALF_EVEN: "arrotondato al più vicino, la metà al pari",
    },
    below_zero="meno di zero: {exact}, vale zero",
    least_over="deve superare {value}: {holds}",
    least_from="deve arrivare a {value}: {holds}",
    storage="spazio: {base} + {amount} = {target}",
    paid="scadenza: {day} + {amount} = {until} (prima: {before})",
    no_paid="nessuna",
    once="Si dà una volta sola a persona: resta l'importo più alto; fra importi uguali, quello"
    " della casella con il numero più basso.",
    person_cap="A una persona vanno al massimo {cap}, nell'ordine dei numeri delle caselle.",
    person_one="{address} (casella {id}): {own} → {kept}",
    person_more="e altre {count} caselle",
    why_rule="Perché questa regola (si provano in ordine, decide la prima che vale)",
    holds="vale",
    fails="non vale: {condition}",
    unknown="non si può dire, manca un dato: {condition}",
    read="letto: {name} = {value}",
    last="decide quando nessuna delle precedenti vale",
    different="Che cosa sarebbe dovuto essere diverso",
    would_stop="«{name}» (riga {line}) dà solo se: {condition}",
    would_unknown="«{name}» (riga {line}) dà solo se è noto e vale: {condition}",
    would_give="«{name}» (riga {line}) avrebbe dato {gift}, ma prima di essa decide «{decider}»:",
    would_zero="«{name}» (riga {line}) varrebbe, ma non dà nulla: {because}",
    own_zero="«{name}» (riga {line}) vale, ma non dà nulla: {because}",
    no_giving="Nessuna regola di questo rimedio dà qualcosa.",
    times="Tempo di disservizio",
    never="ha sempre funzionato",
    window="{name}: contano {total}, nel periodo {window}",
    counted="conta: {span}",
    nothing_counted="{name}: nel periodo {window} non conta nulla",
    over="{name}: disponibilità misurata su {population}: {value}",
    populations={
        "holder": "tutte le caselle del titolare",
        "store": "tutte le caselle dello stesso server",
        "brand": "tutte le caselle del marchio",
        "everyone": "tutte le caselle",
    },
    same="Ricalcolato ora: coincide con quanto deciso.",
    differs="ATTENZIONE: il ricalcolo NON coincide con quanto deciso.",
    stored="deciso: {outcome}",
    again="ricalcolato: {outcome}",
    checked="Riletti ora e uguali a quelli decisi: regole e disservizio.",
    proven="Caselle ed esiti: riletti per intero il {snapshot} e il {outcomes}; da allora i file"
    " non risultano cambiati.",
    unproven="Caselle ed esiti: letta solo questa casella; `ristoro explain --check` rilegge"
    " tutto.",
    no_trace="Prova: niente viene scritto e niente viene dato.",
    as_decided="com'è deciso",
    what_if="come sarebbe",
    why_if="Perché sarebbe così:",
    by_rule="regola, riga",
    consent="come si dà",
    asked={"automatic": "senza chiedere", "confirm": "a chi conferma", "claim": "a chi lo chiede"},
    deadline="termine",
    none="nulla",
)

EN = Sentences(
    head="{policy}, version {version}. Outage: {outage}. Decided on the data of {day}.",
    mailbox="{address} (mailbox {id})",
    owed="{title}. Owed: {gift}.",
    nothing="{title}. Nothing is owed: {because} [{reason}]",
    rule="Rule “{name}”, {file}, line {line}",
    otherwise="No rule holds, so the last entry decides: “{name}”, {file}, line {line}",
    reference="Reference: {text}",
    author="Decided by {author} on {day}: {because}",
    reasons={
        BELOW_LEAST: "the amount does not reach the minimum.",
        ZERO_AMOUNT: "the arithmetic comes to zero.",
        NOT_KNOWN: "a value that the arithmetic needs is missing.",
        NOT_CLAIMED: "nobody claimed it by the deadline.",
        CLAIMED_LATE: "it was claimed after the deadline.",
        GIVEN_ONCE: "another mailbox of the same person gets it.",
        PERSON_CAP: "the same person's other mailboxes have already reached the cap.",
    },
    gifts={
        "storage": "{amount} of extra storage",
        "extension": "{amount} more of the subscription",
        "service-days": "{amount} more of service",
        "credit": "{amount} in credit",
        "refund": "{amount} refunded",
        "indemnity": "{amount} as an indemnity",
    },
    until=", until {day}",
    consents={
        "automatic": "It is given without anybody having to ask.",
        "confirm": "It is given to whoever confirms",
        "claim": "It is given to whoever claims it",
    },
    by=" by {day}",
    silences={
        "give": "; whoever does not answer gets it all the same.",
        "ask-again": "; whoever does not answer is asked again.",
        "forfeit": "; whoever does not answer loses it.",
    },
    unclaimed="; whoever does not claim it in time loses it.",
    natures={
        "goodwill": "goodwill",
        "price-reduction": "a price reduction",
        "service-credit": "a service credit",
        "indemnity": "an indemnity",
        "damages": "damages",
    },
    nature="In the books it is {nature}. {rights}",
    rights={
        "kept": "Whoever gets it keeps every other right.",
        "deducted": "It is set off against damages for the same loss.",
    },
    channels={
        "mailbox": "straight to the mailbox",
        "bill": "on the bill",
        "credit": "as credit",
        "transfer": "by bank transfer",
    },
    paid_by="It comes {channels}.",
    ways="; failing that, ",
    channel_over="{channel} above {amount}",
    channel_closed="{channel} if the mailbox is closed",
    paid_within="It is to be paid within {time}.",
    arithmetic="Arithmetic",
    in_force="{name} = {value} (since {day}, line {line})",
    lowest="the lower of {amount} and {cap} = {value}",
    deducted="less what was already received: {amount} − {deducts} = {value}",
    rounded="{exact}, {how} = {value}",
    roundings={
        Rounding.UP: "rounded up",
        Rounding.DOWN: "rounded down",
        Rounding.HALF_UP: "rounded to the nearest, halves up",
        Rounding.HALF_EVEN: "rounded to the nearest, halves to even",
    },
    below_zero="below zero: {exact} counts as zero",
    least_over="must be over {value}: {holds}",
    least_from="must reach {value}: {holds}",
    storage="storage: {base} + {amount} = {target}",
    paid="paid until: {day} + {amount} = {until} (before: {before})",
    no_paid="none",
    once="It is given once a person: the largest amount stays; of equal ones, that of the mailbox"
    " with the lowest number.",
    person_cap="One person gets at most {cap}, in the order of the mailboxes' numbers.",
    person_one="{address} (mailbox {id}): {own} → {kept}",
    person_more="and {count} more mailboxes",
    why_rule="Why this rule (they are tried in order, the first that holds decides)",
    holds="holds",
    fails="does not hold: {condition}",
    unknown="cannot be told, a value is missing: {condition}",
    read="read: {name} = {value}",
    last="decides when none of those before holds",
    different="What would have had to be different",
    would_stop="“{name}” (line {line}) gives only if: {condition}",
    would_unknown="“{name}” (line {line}) gives only if it is known and holds: {condition}",
    would_give="“{name}” (line {line}) would have given {gift}, but “{decider}” decides first:",
    would_zero="“{name}” (line {line}) would hold, but gives nothing: {because}",
    own_zero="“{name}” (line {line}) holds, but gives nothing: {because}",
    no_giving="No rule of this remedy gives anything.",
    times="Time of the outage",
    never="always worked",
    window="{name}: {total} count, in the period {window}",
    counted="counts: {span}",
    nothing_counted="{name}: nothing counts in the period {window}",
    over="{name}: uptime measured over {population}: {value}",
    populations={
        "holder": "all mailboxes of the holder",
        "store": "all mailboxes of the same server",
        "brand": "all mailboxes of the brand",
        "everyone": "all mailboxes",
    },
    same="Computed again now: equal to what was decided.",
    differs="ATTENTION: computing it again does NOT give what was decided.",
    stored="decided: {outcome}",
    again="computed again: {outcome}",
    checked="Read again now, and those decided on: the rules and the outage.",
    proven="Mailboxes and outcomes: read whole on {snapshot} and {outcomes}; the files do not"
    " seem to have changed since.",
    unproven="Mailboxes and outcomes: only this mailbox was read; `ristoro explain --check` reads"
    " all of them.",
    no_trace="A trial: nothing is written and nothing is given.",
    as_decided="as decided",
    what_if="what if",
    why_if="Why it would be so:",
    by_rule="rule, line",
    consent="how it is given",
    asked={"automatic": "unasked", "confirm": "once confirmed", "claim": "on a claim"},
    deadline="deadline",
    none="nothing",
)

SENTENCES: Mapping[str, Sentences] = {"it": IT, "en": EN}
