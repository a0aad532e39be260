"""The examples of the README work as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

from metrics import catalog
from metrics.analyst import Analyst
from metrics.checking import cuts_of
from metrics.query import KpiQuery
from tests.metrics.small_shop import at, days

README = Path(__file__).parents[2] / "metrics" / "README.md"


def example(heading: str, index: int = 0) -> str:
    section = README.read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    return re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[index]


def test_the_example_metric_loads(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(example("Add a metric"), encoding="utf-8")
    model = catalog.load(tmp_path / "own.yaml")
    assert model.measures["app_orders"].where == {"channel": ("直播", "短视频")}
    assert model.metrics["content_order_share"].denominator == "orders"


def test_the_example_source_opens(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(example("Add a source"), encoding="utf-8")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "订单1.csv").write_bytes(
        (
            "订单号,下单时间,买家ID,实付金额,品类,省份,订单状态\n"
            "1,2026-11-09 10:00,7,20,数码家电,江苏省,交易成功\n"
            "2,2026-11-09 11:00,8,50,母婴,江苏省,交易关闭\n"
        ).encode("gb18030")
    )
    shop = Analyst.open(tmp_path / "sources.yaml")
    query = KpiQuery(("gmv",), days("2026-11-09", "2026-11-09"), by=("category", "region"))
    figure = shop.run(query, at("2026-11-10 09:00")).figure()
    assert (figure.value, figure.scope) == (20.0, {"category": ("3C",), "region": ("华东",)})


def test_the_example_dimension_and_table_load(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(example("Add a dimension, or a value"), encoding="utf-8")
    model = catalog.load(tmp_path / "own.yaml")
    assert "brand" in cuts_of(model.metrics["gmv"], model)
    assert "brand" not in cuts_of(model.metrics["conversion_rate"], model)
    (tmp_path / "table.yaml").write_text(example("Add a source", -1), encoding="utf-8")
    assert catalog.load(tmp_path / "table.yaml").tables["calls"].grain == "event"
