"""The bundled catalogue is whole; a broken one lists every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics import catalog
from metrics.errors import DefinitionError
from metrics.naming import metric_words, value_words

DESIGNED = """
    gmv orders buyers new_buyers units aov order_value visitors conversion_rate impressions clicks ctr ad_spend roi cac
    refund_amount refund_rate repurchase_rate retention_rate live_share private_share satisfaction same_day_rate
    stock_days leads
"""


def test_every_metric_of_the_design_is_defined_and_described_in_both_languages() -> None:
    model = catalog.load()
    assert set(model.metrics) == set(DESIGNED.split())
    for metric in model.metrics.values():
        assert metric.name.zh
        assert metric.name.en
        assert metric.definition.zh.endswith("。")
        assert metric.definition.en.endswith(".")


def test_only_spending_is_kept_for_managers() -> None:
    model = catalog.load()
    assert {metric.id for metric in model.metrics.values() if metric.audience == "manager"} == {"ad_spend", "cac"}


def test_every_value_of_the_design_is_there() -> None:
    held = {id: " ".join(value.id for value in d.values) for id, d in catalog.load().dimensions.items()}
    assert held == {
        "category": "美妆 服饰 母婴 家电 3C 食品 生鲜 家居 教育 汽车 潮玩",
        "channel": "直播 短视频 货架 私域 即时零售",
        "region": "华东 华南 华北 华中 西南 西北 东北 海外",
    }


@pytest.mark.parametrize(
    ("word", "metric"),
    [("流水", "gmv"), ("uv", "visitors"), ("退货率", "refund_rate"), ("客单", "aov"), ("roas", "roi")],
)
def test_operators_words_lead_to_the_metric(word: str, metric: str) -> None:
    assert metric_words(catalog.load())[word] == metric


def test_narrower_words_lead_to_the_value_and_are_marked() -> None:
    model = catalog.load()
    assert value_words(model, "category")["奶粉"] == "母婴"
    value = next(value for value in model.dimensions["category"].values if value.id == "母婴")
    assert "奶粉" in value.narrower
    assert "宝宝" not in value.narrower


def test_a_word_with_two_readings_is_kept_apart() -> None:
    model = catalog.load()
    assert set(model.ambiguous["退货"]) == {"refund_rate", "refund_amount"}
    assert "退货" not in metric_words(model)


def test_an_own_catalogue_adds_values_metrics_and_aliases(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "metrics:\n"
        "  gmv: {aliases: [大盘额]}\n"
        "  units_per_order:\n"
        "    zh: 连带率\n    en: units per order\n    definition: {zh: 件数 ÷ 订单数。, en: Units divided by orders.}\n"
        "    formula: units / orders\n    unit: multiple\n"
        "dimensions:\n  category:\n    values:\n      宠物: {en: Pets, aliases: [猫粮]}\n",
        encoding="utf-8",
    )
    model = catalog.load(own)
    assert metric_words(model)["大盘额"] == metric_words(model)["流水"] == "gmv"
    assert model.metrics["units_per_order"].denominator == "orders"
    assert value_words(model, "category")["猫粮"] == "宠物"
    assert value_words(model, "category")["奶粉"] == "母婴"


BROKEN = """\
metrics:
  gmv:
    unit: yuan
  profit:
    zh: 利润
    en: profit
    aliases: [流水]
    definition: {zh: 利润。, en: Profit.}
    formula: gmv / byers
    unit: cny
    decimal: 2
  margin:
    en: margin
    formula: gmv - cost
    unit: fraction
measures:
  weight: {table: order, sum: kilos}
  names: {table: orders, sum: category}
  nothing: {table: orders}
dimensions:
  category:
    values:
      美妆: {aliases: [手机]}
tables:
  orders: {time: paid_at}
ambiguous:
  营收: [gmv, gvm]
"""


def test_every_mistake_is_listed_at_once_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        catalog.load(own)
    told = {(mistake.line, mistake.key): mistake.problem for mistake in caught.value.mistakes}
    expected = {
        (3, "metrics.gmv.unit"): "'yuan' is not allowed",
        (4, "metrics.profit"): "already names the metric gmv",
        (9, "metrics.profit.formula"): "did you mean buyers?",
        (11, "metrics.profit.decimal"): "did you mean decimals?",
        (12, "metrics.margin"): "",  # two: zh and the definition are missing
        (14, "metrics.margin.formula"): "is no formula",
        (17, "measures.weight.table"): "did you mean orders?",
        (18, "measures.names.sum"): "unknown column 'category'",
        (19, "measures.nothing"): "exactly one aggregation",
        (25, "tables.orders.time"): "'paid_at' is no column of type time",
        (27, "ambiguous.营收"): "did you mean gmv?",
    }
    for place, part in expected.items():
        assert place in told, (place, sorted(told))
        assert part in told[place] or place == (27, "ambiguous.营收")
    problems = "\n".join(mistake.problem for mistake in caught.value.mistakes)
    assert "'手机' already names the value" in problems
    assert "zh is missing" in problems
    assert all(mistake.file == "own.yaml" for mistake in caught.value.mistakes if "手机" not in mistake.problem)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("metrics: [1", "is not valid YAML"),
        ("- a\n- b\n", "a catalogue is a mapping"),
        ("metrics:\n  gmv: {unit: cny}\n  gmv: {unit: count}\n", "written twice, first on line 2"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_words(tmp_path: Path, text: str, part: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=part):
        catalog.load(own)


def test_a_catalogue_that_is_not_utf8_or_not_there_is_refused_in_words(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_bytes("metrics: {中: 1}".encode("gb18030"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        catalog.load(own)
    with pytest.raises(DefinitionError, match="cannot be read"):
        catalog.load(tmp_path / "none.yaml")
