from dataclasses import replace

from builder.catalog import Catalog
from builder.model.rule import NowRule
from builder.packs import load
from builder.sentence import sentence
from tests.builder import samples

CATALOG = Catalog.of(load(samples.files()).definitions, revision=1)


def test_a_period_rule_in_words():
    said = sentence(CATALOG, CATALOG.rules["perf.behind_plan"])
    assert said.text("zh-CN") == (
        "当「目标进度」连续 2 周满足 实际值 < 目标值 × (1 − 20%) 时告警，"
        "满足 实际值 ≥ 目标值 × (1 − 15%) 时恢复；缺数据时维持原状；"
        "发邮件《进度预警》给责任人、责任人的上级。"
    )
    assert said.text("en") == (
        'When "Goal progress" for 2 weeks in a row meets value < target × (1 − 20%), alert; '
        "recovered when value ≥ target × (1 − 15%); a missing week changes nothing; "
        'mail "Behind plan" to Owner, Owner\'s Manager.'
    )


def test_an_event_rule_in_words():
    said = sentence(CATALOG, CATALOG.rules["perf.dim_alarm_x3"])
    assert said.text("zh-CN") == (
        "当同一设备在 8小时内连续出现 3 次「报警」且 代码 = 'dim_out_of_tolerance' 时告警；"
        "遇到「质检单」 (合格)重新计数；任务完成后关闭；"
        "给设备的组长一张任务卡《处理尺寸超差》，12 小时内完成。"
    )
    assert said.text("en").startswith("When the same Machine raises within 8 h 3 times in a row")


def test_a_now_rule_in_words():
    rule = NowRule(
        name="perf.now",
        label={},
        entity="perf.goal",
        enter="weight > 1",
        exit="weight < 1",
        actions=(),
    )
    assert sentence(CATALOG, rule).texts["zh-CN"] == (
        "当「个人目标」满足 权重 > 1 时告警，满足 权重 < 1 时恢复。"
    )


def test_every_slot_points_into_the_document():
    rule = CATALOG.rules["perf.behind_plan"]
    slots = [part.slot for part in sentence(CATALOG, rule).parts["en"] if part.slot]
    assert slots == [
        "/signal",
        "/quantifier/consecutive",
        "/enter",
        "/exit",
        "/missing",
        "/actions/0",
    ]


def test_an_unknown_metric_still_gives_a_sentence():
    rule = replace(CATALOG.rules["perf.behind_plan"], signal="perf.gone")
    assert "perf.gone" in sentence(CATALOG, rule).text("en")
