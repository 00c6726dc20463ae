# Copyright: (c) 2026, the threema.work contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Global settings, and what they share with those of the credentials: app configuration, MDM (contract 7)."""

from __future__ import annotations

from typing import Any

from ..catalogue import SettingValue, check_setting
from ..errors import existing
from ..render import Json, Renderer
from ..reply import Call, Reply, removed
from ..resource import Resource
from ..state import State, Store

# The settings of one owner: the subscription or a credential.
Values = dict[str, SettingValue]


class Settings(Store):
    """The settings that apply to everybody."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.values: Values = {}

    def snapshot(self) -> dict[str, Any]:
        """Name and value of each."""
        return {"settings": self.values}


def value_of(call: Call, values: Values) -> SettingValue:
    """The value of the setting in the path, or 404."""
    return existing(values, call.path["property_id"], "Setting")


def put_value(call: Call, values: Values) -> Reply:
    """POST of one setting: creates or changes; the key of the name is "property" here."""
    check_setting(call.json["property"], call.json["value"], call.switches)
    values[call.json["property"]] = call.json["value"]
    return Reply()


def change_value(call: Call, values: Values) -> SettingValue:
    """PUT of one setting: documented without a body; a value in one is taken over."""
    value = value_of(call, values)
    if isinstance(call.json, dict) and "value" in call.json:
        value = call.json["value"]
        check_setting(call.path["property_id"], value, call.switches)
        values[call.path["property_id"]] = value
    return value


def remove_value(call: Call, values: Values) -> None:
    """DELETE of one setting; absent is 404."""
    value_of(call, values)
    del values[call.path["property_id"]]


def _written(render: Renderer, name: str, value: SettingValue, *, detail: bool) -> Json:
    """Schema and sample of the documentation contradict each other about the key (contract 7)."""
    choice = render.switches["global-setting-key"]
    key = {"mixed": "id" if detail else "name", "swapped": "name" if detail else "id"}.get(choice, choice)
    links = [render.link("detail", "/mdm/" + name), render.link("subscription")]
    return render.done({"_links": links, key: name, "value": value})


def get_global_settings(call: Call) -> Reply:
    """Not paged."""
    values = call.state.of(Settings).values
    items = [_written(call.render, name, value, detail=False) for name, value in values.items()]
    return Reply(200, call.render.index("parameters", items, None))


def create_global_setting(call: Call) -> Reply:
    """Creates or changes."""
    return put_value(call, call.state.of(Settings).values)


def get_global_setting(call: Call) -> Reply:
    """One global setting."""
    value = value_of(call, call.state.of(Settings).values)
    return Reply(200, _written(call.render, call.path["property_id"], value, detail=True))


def update_global_setting(call: Call) -> Reply:
    """200 with the setting."""
    value = change_value(call, call.state.of(Settings).values)
    name = call.path["property_id"]
    link = call.render.link("detail", "/mdm/" + name)
    return Reply(200, call.render.done({"_links": [link], "name": name, "value": value}))


def delete_global_setting(call: Call) -> Reply:
    """Absent is 404."""
    return removed(call, lambda: remove_value(call, call.state.of(Settings).values))


RESOURCE = Resource(
    "settings",
    Settings,
    operations={
        "getGlobalAppConfigurations": get_global_settings,
        "createGlobalAppConfiguration": create_global_setting,
        "getGlobalAppConfiguration": get_global_setting,
        "updateGlobalAppConfiguration": update_global_setting,
        "deleteGlobalAppConfiguration": delete_global_setting,
    },
)
