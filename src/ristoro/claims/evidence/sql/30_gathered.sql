-- What each slice adds to.
CREATE TEMP TABLE disagreements (
    kind VARCHAR, component VARCHAR, brand VARCHAR, store VARCHAR, facts BIGINT, mailboxes BIGINT,
    first BIGINT, last BIGINT,
    samples STRUCT(
        "at" BIGINT, mailbox_id BIGINT, what VARCHAR, file VARCHAR, line BIGINT, filename VARCHAR
    )[]
);

CREATE TEMP TABLE hours (
    component VARCHAR, brand VARCHAR, store VARCHAR, hour BIGINT, faults BIGINT, goods BIGINT
);

CREATE TEMP TABLE counted (named BIGINT, mailboxes BIGINT, faults BIGINT, undeclared BIGINT)
