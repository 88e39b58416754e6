"""A second reading of the policy language, one mailbox at a time, slow and to be checked by eye.

It is written from ``docs/policy-language.md`` and ``docs/outages.md`` and shares no code with what
it judges: it reads the YAML, parses expressions, walks time and works out amounts by itself, in
the plainest way there is. Where it and the product differ, the documents say which is wrong.

- ``units``: numbers that carry their unit;
- ``expressions``: text to a tree;
- ``evaluate``: a tree to a value;
- ``calendar``: days, months, windows and working days, by stepping;
- ``happened``: an outage's YAML, as flat lists of what failed;
- ``counting``: which of its time counts for a mailbox;
- ``measures``: what a measure can be asked, by window and by population;
- ``judge``: a policy's YAML, and what it owes a mailbox;
- ``persons``: what a person keeps of it over all of their mailboxes;
- ``case_files``: the cases beside a policy;
- ``random_…``: estates, outages and policies by chance.
"""
