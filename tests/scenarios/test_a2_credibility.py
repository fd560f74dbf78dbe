"""A2: the credibility index by its formula, and a passport that stays as it was."""

from tests.scenarios.conftest import until

METRIC = "quality_red_line.inspection_credibility"


def measured(client, demo):
    script = demo.ready["plant"]["script"]
    items = client.all(f"/metrics/{METRIC}/measurements")
    return next(
        (
            item
            for item in items
            if item["period_label"] == script["exact_month"] and item["value"] == "0.932"
        ),
        None,
    )


def test_the_passport_shows_formula_aggregates_and_the_records_as_they_were(demo):
    admin = demo.as_("admin")
    item = until(lambda: measured(admin, demo), timeout_s=30)
    passport = admin.get(f"/passports/{item['uid']}")
    values = {each["key"]: each["value"] for each in passport["inputs"]}
    assert values == {"confirmed": "92", "due": "100", "review": "0.95"}
    assert passport["formula"]["version"]
    assert passport["tree"]["value"] == "0.932"
    confirmed = next(each for each in passport["inputs"] if each["key"] == "confirmed")
    assert confirmed["records"]
    assert {r["origin"]["kind"] for r in confirmed["records"]} <= {"sensor", "system"}
    assert passport["now"]["difference"] in {"0", "0.000"}

    review = next(each for each in passport["inputs"] if each["key"] == "review")
    record = review["records"][0]
    path = f"/entities/{record['entity']}/records/{record['uid']}"
    current = admin.get(path)
    changed = admin.http.patch(
        f"{admin.url}/api/v1{path}",
        json={"base_version": current["version"], "values": {"passed_share": "0.10"}},
        timeout=20,
    )
    assert changed.status_code == 200, changed.text

    after = admin.get(f"/passports/{item['uid']}")
    assert after["value"] == passport["value"]
    assert after["tree"] == passport["tree"]
    old = {r["uid"]: r["values"] for r in review["records"]}
    kept = next(each for each in after["inputs"] if each["key"] == "review")
    assert {r["uid"]: r["values"] for r in kept["records"]} == old
    assert any(r["changed_since"] for r in kept["records"])
    assert after["now"]["value"] != passport["value"]
    assert after["now"]["difference"].startswith("-")
