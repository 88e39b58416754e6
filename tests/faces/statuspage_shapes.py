"""What the public API of Statuspage, version 2, answers, in JSON Schema."""

from __future__ import annotations

from typing import Any

from ristoro.outages.incidents.states import Condition, Phase

CODE = {"type": "string", "pattern": "^[0-9a-z]{12}$"}
MOMENT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$",
}
CONDITION = {"enum": [each.value for each in Condition]}


def members(**properties: Any) -> dict[str, Any]:
    """An object with exactly these members: none may be missing, none may be added."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
PAGE = members(id=CODE, name=TEXT, url=TEXT, time_zone=TEXT, updated_at=MOMENT)
STATUS = members(
    indicator={"enum": ["none", "minor", "major", "critical", "maintenance"]},
    description={
        "enum": [
            "All Systems Operational",
            "Minor Service Outage",
            "Partial System Outage",
            "Major Service Outage",
            "Service Under Maintenance",
        ]
    },
)
PART = {
    "id": CODE,
    "name": TEXT,
    "status": CONDITION,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "position": {"type": "integer", "minimum": 1},
    "description": maybe(TEXT),
    "showcase": {"type": "boolean"},
    "start_date": maybe(TEXT),
    "group_id": maybe(CODE),
    "page_id": CODE,
    "group": {"const": False},
    "only_show_if_degraded": {"type": "boolean"},
}
GROUP = PART | {"group": {"const": True}, "components": {"type": "array", "items": CODE}}
COMPONENT = {"oneOf": [members(**PART), members(**GROUP)]}
AFFECTED = members(code=CODE, name=TEXT, old_status=CONDITION, new_status=CONDITION)
UPDATE = members(
    id=CODE,
    status={"enum": [each.value for each in Phase]},
    body=TEXT,
    incident_id=CODE,
    created_at=MOMENT,
    updated_at=MOMENT,
    display_at=MOMENT,
    affected_components=maybe({"type": "array", "items": AFFECTED, "minItems": 1}),
    deliver_notifications={"type": "boolean"},
    custom_tweet={"type": "null"},
    tweet_id={"type": "null"},
)
ALIKE = {
    "id": CODE,
    "name": TEXT,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "monitoring_at": maybe(MOMENT),
    "resolved_at": maybe(MOMENT),
    "shortlink": TEXT,
    "started_at": MOMENT,
    "page_id": CODE,
    "incident_updates": {"type": "array", "items": UPDATE, "minItems": 1},
    "components": {"type": "array", "items": members(**PART)},
}
INCIDENT = members(
    **ALIKE,
    status={"enum": ["investigating", "identified", "monitoring", "resolved", "postmortem"]},
    impact={"enum": ["none", "minor", "major", "critical"]},
    x_ristoro=members(remedies={"type": "array"}),
)
MAINTENANCE = members(
    **ALIKE,
    status={"enum": ["scheduled", "in_progress", "verifying", "completed"]},
    impact={"enum": ["maintenance", "none"]},
    scheduled_for=MOMENT,
    scheduled_until=MOMENT,
)
COMPONENTS = {"type": "array", "items": COMPONENT, "minItems": 1}
INCIDENTS = {"type": "array", "items": INCIDENT, "maxItems": 50}
MAINTENANCES = {"type": "array", "items": MAINTENANCE, "maxItems": 50}
SHAPES = {
    "summary": members(
        page=PAGE,
        components=COMPONENTS,
        incidents=INCIDENTS,
        scheduled_maintenances=MAINTENANCES,
        status=STATUS,
    ),
    "status": members(page=PAGE, status=STATUS),
    "components": members(page=PAGE, components=COMPONENTS),
    "incidents": members(page=PAGE, incidents=INCIDENTS),
    "incidents/unresolved": members(page=PAGE, incidents=INCIDENTS),
    "scheduled-maintenances": members(page=PAGE, scheduled_maintenances=MAINTENANCES),
    "scheduled-maintenances/upcoming": members(page=PAGE, scheduled_maintenances=MAINTENANCES),
    "scheduled-maintenances/active": members(page=PAGE, scheduled_maintenances=MAINTENANCES),
}
"""The shapes of the Statuspage public API, version 2, with the one member that is ours."""
