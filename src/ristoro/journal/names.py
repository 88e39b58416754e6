"""Every name that an entry of the journal may carry, and what it says happened.

A name is ``stage.thing.happened``. It stays for ever: entries of years ago carry it.
"""

from __future__ import annotations

PERSON_ADDED = "staff.person.added"
PERSON_DEACTIVATED = "staff.person.deactivated"
PASSWORD_CHANGED = "staff.password.changed"  # noqa: S105 - a name, not a password
ROLE_GIVEN = "staff.role.given"
ROLE_TAKEN = "staff.role.taken"
FACTOR_ADDED = "staff.factor.added"
FACTOR_REMOVED = "staff.factor.removed"
FACTORS_RESET = "staff.factors.reset"
TOKEN_MADE = "staff.token.made"  # noqa: S105 - a name, not a token
TOKEN_REVOKED = "staff.token.revoked"  # noqa: S105 - a name, not a token
UPLOAD_RECEIVED = "estate.upload.received"
UPLOAD_DISCARDED = "estate.upload.discarded"
ESTATE_IMPORTED = "estate.snapshot.imported"
EVIDENCE_IMPORTED = "claims.evidence.imported"
FAULT_REPORTED = "outages.fault.reported"
OUTAGE_DECLARED = "outages.outage.declared"
OUTAGE_CORRECTED = "outages.outage.corrected"
INCIDENT_OPENED = "outages.incident.opened"
INCIDENT_UPDATED = "outages.incident.updated"
INCIDENT_CORRECTED = "outages.incident.corrected"
BREACH_OPENED = "outages.breach.opened"
BREACH_WRITTEN = "outages.breach.written"
POLICY_ENTERED = "remedies.policy.entered"
RUN_ENTERED = "remedies.run.entered"
RUN_LOADED = "remedies.run.loaded"
RUN_APPROVED = "remedies.run.approved"
APPROVAL_REFUSED = "remedies.run.approval-refused"
RUN_PUBLISHED = "remedies.run.published"
RUN_BEGUN = "remedies.run.begun"
RUN_PAUSED = "remedies.run.paused"
RUN_RESUMED = "remedies.run.resumed"
RUN_CLOSED = "remedies.run.closed"
RUN_CANCELLED = "remedies.run.cancelled"
RATE_CHANGED = "remedies.run.rate-changed"
ESTATE_SET_ASIDE = "remedies.run.estate-set-aside"
MAILBOX_EXPLAINED = "remedies.mailbox.explained"
ANSWER_RECORDED = "fulfilment.answer.recorded"
ANSWER_WITHDRAWN = "fulfilment.answer.withdrawn"
REMINDERS_PLANNED = "fulfilment.reminders.planned"
REVERSAL_ASKED = "fulfilment.reversal.asked"
GRANT_REVERSED = "fulfilment.grant.reversed"
GRANTS_LAPSED = "fulfilment.grants.lapsed"
GRANTS_READ_BACK = "fulfilment.grants.read-back"
MISMATCHES_HANDLED = "fulfilment.mismatches.handled"
BATCH_PREPARED = "fulfilment.batch.prepared"
BATCH_DROPPED = "fulfilment.batch.dropped"
BATCH_RELEASED = "fulfilment.batch.released"
BATCH_RELEASE_REFUSED = "fulfilment.batch.release-refused"
BATCH_DOWNLOADED = "fulfilment.batch.downloaded"
PAYEE_ANSWERED = "fulfilment.payee.answered"
PAYMENT_LET_GO = "fulfilment.payment.let-go"
PAYMENT_TRIED_AGAIN = "fulfilment.payment.tried-again"
BANK_FILE_RECEIVED = "fulfilment.bank-file.received"
BANK_FILE_APPLIED = "fulfilment.bank-file.applied"
STRAY_HANDLED = "fulfilment.stray.handled"
BANK_FILES_FORGOTTEN = "fulfilment.bank-files.forgotten"
REPORT_DRAWN_UP = "fulfilment.report.drawn-up"
HOLDS_EXPORTED = "fulfilment.holds.exported"
BOOKS_EXPORTED = "fulfilment.books.exported"
CALLER_SEARCHED = "fulfilment.caller.searched"
CALLER_CODE_MADE = "fulfilment.caller.code-made"
CALLER_CODE_WRONG = "fulfilment.caller.code-wrong"
CALLER_VERIFIED = "fulfilment.caller.verified"
CALLER_DENIED = "fulfilment.caller.denied"
MAILBOX_LOOKED_AT = "fulfilment.mailbox.looked-at"
CALL_ENDED = "fulfilment.call.ended"
CALLBACK_ASKED = "fulfilment.callback.asked"
CALLBACK_MOVED = "fulfilment.callback.moved"
PAYEE_GIVEN = "fulfilment.payee.given"
PAYEE_UNDONE = "fulfilment.payee.undone"
PAYEE_REMOVED = "fulfilment.payee.removed"
PAYEE_SHREDDED = "fulfilment.payee.shredded"
CLAIM_FILED = "claims.claim.filed"
CLAIM_WITHDRAWN = "claims.claim.withdrawn"
CLAIM_APPEALED = "claims.claim.appealed"
CLAIM_LOOKED_AT = "claims.claim.looked-at"
CLAIM_TAKEN = "claims.claim.taken"
CLAIM_GIVEN_BACK = "claims.claim.given-back"
CLAIM_FOUND = "claims.claim.found"
CLAIM_AGREED = "claims.claim.agreed"
CLAIM_SENT_BACK = "claims.claim.sent-back"
CLAIM_PAYMENT = "claims.claim.payment"
CLAIM_CHOSE = "claims.claim.chose"
CLAIM_IN_KIND = "claims.claim.in-kind"
CLAIM_BUNDLED = "claims.claim.bundled"
DOCUMENT_OPENED = "claims.document.opened"
TOGETHER_PREPARED = "claims.together.prepared"
TOGETHER_ASKED = "claims.together.asked"
TOGETHER_RELEASED = "claims.together.released"
TOGETHER_DROPPED = "claims.together.dropped"
ROWS_RETRIED = "workers.rows.retried"
ROWS_LOOKED_AT = "workers.rows.looked-at"
ROWS_HANDLED = "workers.rows.handled"
ROWS_EXPORTED = "workers.rows.exported"
CHUNK_RECORDED = "workers.chunk.recorded"
ERRAND_ENDED = "workers.errand.ended"
WEBHOOK_ADDED = "workers.webhook.added"
WEBHOOK_ROTATED = "workers.webhook.rotated"
WEBHOOK_ENABLED = "workers.webhook.enabled"
WEBHOOK_DISABLED = "workers.webhook.disabled"
WEBHOOK_REMOVED = "workers.webhook.removed"
BILLING_HEARD = "workers.billing.heard"
JOURNAL_EXPORTED = "journal.period.exported"
DETAIL_SHREDDED = "journal.detail.shredded"

NAMES: dict[str, str] = {
    PERSON_ADDED: "A person who works here was added, with roles.",
    PERSON_DEACTIVATED: "A person who works here may no longer sign in.",
    PASSWORD_CHANGED: "A person's password was changed.",
    ROLE_GIVEN: "A person was given a role.",
    ROLE_TAKEN: "A role was taken from a person.",
    FACTOR_ADDED: "A person set up a second factor.",
    FACTOR_REMOVED: "A person took one of their second factors away.",
    FACTORS_RESET: "All second factors of a person were taken away, for they were lost.",
    TOKEN_MADE: "A person made a token for a program, with some of their roles, until a day.",
    TOKEN_REVOKED: "A person revoked a token of theirs.",
    UPLOAD_RECEIVED: "A file was sent to be imported; its digest is kept.",
    UPLOAD_DISCARDED: "A file that had been sent was thrown away.",
    EVIDENCE_IMPORTED: "Mail logs were imported as evidence.",
    ESTATE_IMPORTED: "An estate was imported from a file and frozen as a snapshot.",
    FAULT_REPORTED: "A holder said that a way in does not work.",
    OUTAGE_DECLARED: "An outage was declared: its first version is kept.",
    OUTAGE_CORRECTED: "An outage was corrected by a new version, for a reason.",
    INCIDENT_OPENED: "The public was told of an incident, or of planned work.",
    INCIDENT_UPDATED: "The public was told how an incident goes on, and which components it moved.",
    INCIDENT_CORRECTED: "What was told of an incident was corrected; what it said before is kept.",
    BREACH_OPENED: "An outage was entered in the register of breaches; its 72 hours run.",
    BREACH_WRITTEN: "The register of breaches was written on.",
    POLICY_ENTERED: "A policy was entered, with its cases; both are kept under their digests.",
    RUN_ENTERED: "A decided run was entered, with the digests of its inputs and its totals.",
    RUN_LOADED: "All rows of a run are in the database; their counts and sums are its totals.",
    RUN_APPROVED: "A second person approved a run by retyping its total.",
    APPROVAL_REFUSED: "A person tried to approve a run, and was refused.",
    RUN_PUBLISHED: "The page of facts of a run became public, with the wording of its letters.",
    RUN_BEGUN: "A run began to act.",
    RUN_PAUSED: "A run was paused: no worker leases another of its chunks.",
    RUN_RESUMED: "A paused run was resumed.",
    RUN_CLOSED: "A run was closed.",
    RUN_CANCELLED: "A run was cancelled before it acted, for a reason.",
    RATE_CHANGED: "The most rows a second that a run may act on was changed.",
    ESTATE_SET_ASIDE: "A person said why a newer estate makes no difference to a run.",
    MAILBOX_EXPLAINED: "A person looked at what one mailbox was decided to get, and why.",
    ANSWER_RECORDED: "A holder's yes or no to a grant was recorded, with its channel and proof.",
    ANSWER_WITHDRAWN: "A holder took back a yes or a no, of which nothing had been made.",
    REMINDERS_PLANNED: "Holders who have not answered will be reminded, on this day.",
    REVERSAL_ASKED: "A person asked to take a made grant back, for a reason; another must agree.",
    GRANT_REVERSED: "A grant was taken back, for a reason.",
    GRANTS_LAPSED: "The deadline of grants that asked for a yes went by without one.",
    GRANTS_READ_BACK: "Made grants were read back from the world, and so many agreed.",
    MISMATCHES_HANDLED: "A person said why grants stay that were read back otherwise.",
    BATCH_PREPARED: "A person put payments into a batch; nothing was written yet.",
    BATCH_DROPPED: "A prepared batch was taken apart, for a reason.",
    BATCH_RELEASED: "A second person released a batch by retyping its figures; its file exists.",
    BATCH_RELEASE_REFUSED: "A person tried to release a batch, and was refused.",
    BATCH_DOWNLOADED: "A person took away the file of a released batch.",
    PAYEE_ANSWERED: "A person noted what the bank answered about a payee.",
    PAYMENT_LET_GO: "A person had a held payment paid nevertheless, for a reason.",
    PAYMENT_TRIED_AGAIN: "A refused or returned payment is tried again, for a reason.",
    BANK_FILE_RECEIVED: "A file of the bank's was received; its digest is kept.",
    BANK_FILE_APPLIED: "A file of the bank's was applied to the payments that it speaks of.",
    STRAY_HANDLED: "A person said what became of a line of the bank's that changed nothing.",
    BANK_FILES_FORGOTTEN: "Files to and from the bank were deleted, for their work is done.",
    REPORT_DRAWN_UP: "The closing report of a run was drawn up and kept, with its digest.",
    HOLDS_EXPORTED: "The list of mailboxes that must not be downgraded or purged was published.",
    BOOKS_EXPORTED: "The books were exported for accountants.",
    CALLER_SEARCHED: "An agent looked for the mailbox of a caller, found or not.",
    CALLER_CODE_MADE: "A code was made, to be read in a caller's own webmail.",
    CALLER_CODE_WRONG: "A caller did not read the code that their webmail shows.",
    CALLER_VERIFIED: "A caller was verified, by the code or by another of the brand's means.",
    CALLER_DENIED: "A holder said that nobody calls for their mailbox; the call was over.",
    MAILBOX_LOOKED_AT: "An agent looked at a verified caller's mailbox: never at its mail.",
    CALL_ENDED: "A call ended; it is said how, and what it was about.",
    CALLBACK_ASKED: "A holder asked to be called.",
    CALLBACK_MOVED: "A request to be called was taken, done, put off or given back.",
    PAYEE_GIVEN: "A holder gave an account to be paid to, or another in its place; not which.",
    PAYEE_UNDONE: "A holder took back an account just given; the one before it counts again.",
    PAYEE_REMOVED: "A holder removed the account to be paid to; it was shredded.",
    PAYEE_SHREDDED: "Accounts that nothing is owed to any more were shredded, so many.",
    CLAIM_FILED: "A holder claimed damages; what was known was frozen beside the claim.",
    CLAIM_WITHDRAWN: "A holder took a claim for damages back, before it was decided.",
    CLAIM_APPEALED: "A holder asked for the decision on a claim to be looked at again.",
    CLAIM_LOOKED_AT: "A person opened a claim: its documents and its evidence, never mail.",
    CLAIM_TAKEN: "An examiner took a claim, or took it over from another.",
    CLAIM_GIVEN_BACK: "An examiner gave a claim back undecided.",
    CLAIM_FOUND: "An examiner wrote what they found of a claim, with reasons and exact sums.",
    CLAIM_AGREED: "A second person agreed to a finding, and it was carried out.",
    CLAIM_SENT_BACK: "A second person sent a finding back, for a reason.",
    CLAIM_PAYMENT: "The payment of a settled claim stands otherwise than before.",
    CLAIM_CHOSE: "A holder chose between money and what was offered in kind, or was silent.",
    CLAIM_IN_KIND: "What a holder chose in kind on a claim stands otherwise than before.",
    CLAIM_BUNDLED: "A person took away the signed bundle of a claim; its digest is kept.",
    DOCUMENT_OPENED: "A person opened a document that a holder added to a claim.",
    TOGETHER_PREPARED: "Claims of identical facts were put together, with a sample to be opened.",
    TOGETHER_ASKED: "One decision for claims of identical facts waits for a second person.",
    TOGETHER_RELEASED: "A second person released one decision for claims of identical facts.",
    TOGETHER_DROPPED: "A decision for claims of identical facts was dropped; each stands alone.",
    ROWS_RETRIED: "A person had rows tried again that had not gone through.",
    ROWS_LOOKED_AT: "A person had workers look at rows that nobody knows the ending of.",
    ROWS_HANDLED: "A person said what was done about rows that did not go through.",
    ROWS_EXPORTED: "A person took away a list of rows that did not go through, as a file.",
    CHUNK_RECORDED: "Rows of a chunk moved from states to states, so many each.",
    ERRAND_ENDED: "A long work that a person asked for ended: done, failed or cancelled.",
    WEBHOOK_ADDED: "Another program will be told of events, at an address.",
    WEBHOOK_ROTATED: "A webhook signs by a new secret; the one before goes on beside it for a day.",
    WEBHOOK_ENABLED: "A webhook that was disabled goes on with the next event.",
    WEBHOOK_DISABLED: "A webhook is told nothing more: it failed for days, or it is gone.",
    WEBHOOK_REMOVED: "A webhook was removed.",
    BILLING_HEARD: "The billing system said that bookings have ended; workers look at them.",
    JOURNAL_EXPORTED: "A person took away the journal of a period, as a file.",
    DETAIL_SHREDDED: "The detail of an entry was shredded, for a reason; its hash remains.",
}
