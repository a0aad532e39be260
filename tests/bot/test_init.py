"""`opsbot init` as an engineer runs it: what it writes, what it never overwrites, and that it can be used at once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import FILE_NAME, Settings
from metrics import catalog
from metrics.analyst import Analyst
from metrics.query import KpiQuery
from metrics.sources import mapping
from tests.metrics.small_shop import at, days

HEADER = "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝总数量"
ROWS = (
    "T1,tb1,120,¥100.00,交易成功,2026-10-01 10:00:00,2026-10-01 10:05:00,1",
    "T2,tb2,90,80,交易关闭,2026-10-02 10:00:00,2026-10-02 10:05:00,1",
    'T3,tb1,"1,500","1,200.50",交易成功,2026-10-03 10:00:00,2026-10-03 10:05:00,2',
    "T4,tb3,60,0,等待买家付款,2026-10-03 11:00:00,,1",
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "导出"
    folder.mkdir()
    (folder / "订单2026-10.csv").write_bytes("\n".join([HEADER, *ROWS, ""]).encode("gb18030"))
    return folder


def test_an_export_becomes_a_mapping_that_gives_the_right_figure(tmp_path: Path, exports: Path) -> None:
    home = tmp_path / "home"
    ran = run("init", "--home", home, "--data", exports)
    assert ran.exit_code == 0, ran.output
    assert f"opsbot check --home {home}" in ran.output
    shop = Analyst.open(home / "sources.yaml")
    october = KpiQuery(("gmv", "orders", "units"), days("2026-10-01", "2026-10-31"))
    values = [figure.value for figure in shop.run(october, at("2026-11-02 09:00")).figures]
    assert values == [1300.5, 2, 3]  # 100 + 1200.50; T2 was closed and T4 never paid
    shop.close()


def test_the_mapping_of_one_export_is_short(tmp_path: Path, exports: Path) -> None:
    run("init", "--home", tmp_path / "home", "--data", exports)
    lines = (tmp_path / "home" / "sources.yaml").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip() and not line.strip().startswith("#")]) <= 25


def test_without_data_a_template_is_written_that_loads_and_explains_each_table(tmp_path: Path) -> None:
    assert run("init", "--home", tmp_path / "home").exit_code == 0
    settings = tomllib.loads((tmp_path / "home" / FILE_NAME).read_text("utf-8"))
    assert settings["zone"] == "Asia/Shanghai"
    mapped = mapping.load(tmp_path / "home" / "sources.yaml", catalog.load())
    assert list(mapped.tables) == ["orders"]
    text = (tmp_path / "home" / "sources.yaml").read_text("utf-8")
    assert all(f"{table}:" in text for table in (*catalog.load().tables, "targets"))


def test_the_template_of_sources_is_right_with_every_comment_taken_away(tmp_path: Path) -> None:
    run("init", "--home", tmp_path / "home")
    path = tmp_path / "home" / "sources.yaml"
    text = path.read_text("utf-8")
    lines = [_uncommented(line) for line in text[text.index("\nzone") :].splitlines()]
    lines = [
        line for line in lines if "derive:" not in line and "constants:" not in line
    ]  # a column comes from one place
    path.write_text("\n".join(lines), encoding="utf-8")
    mapped = mapping.load(path, catalog.load())
    assert list(mapped.tables) == list(catalog.load().tables)
    assert mapped.targets is not None


def _uncommented(line: str) -> str:
    """The line with the mark in front of an example taken away."""
    before, mark, after = line.partition("# ")
    return before + after if mark and not before.strip() else line


def test_the_settings_template_names_every_setting_with_its_default(tmp_path: Path) -> None:
    run("init", "--home", tmp_path)
    lines = [_uncommented(line) for line in (tmp_path / FILE_NAME).read_text("utf-8").splitlines()[3:]]
    (tmp_path / FILE_NAME).write_text("\n".join(lines), encoding="utf-8")
    written, real = Settings.load(tmp_path).model_dump(), Settings.model_construct(home=tmp_path).model_dump()
    by_example = {("telegram", "admins"), ("metrics", "catalog"), ("metrics", "calendar")}
    for group, fields in real.items():
        for name in fields if isinstance(fields, dict) else ():
            assert f"\n{name} = " in "\n".join(lines)
            if (group, name) not in by_example:
                assert written[group][name] == real[group][name]


def test_nothing_is_overwritten_without_force_and_the_old_file_stays_with_it(tmp_path: Path, exports: Path) -> None:
    (tmp_path / "sources.yaml").write_text("mine", encoding="utf-8")
    ran = run("init", "--home", tmp_path, "--data", exports)
    assert (ran.exit_code, (tmp_path / "sources.yaml").read_text("utf-8")) == (1, "mine")
    assert "--force" in ran.output
    assert not (tmp_path / FILE_NAME).exists()
    assert run("init", "--home", tmp_path, "--data", exports, "--force").exit_code == 0
    assert (tmp_path / "sources.yaml.bak").read_text("utf-8") == "mine"
    assert "订单*.csv" in (tmp_path / "sources.yaml").read_text("utf-8")


def test_settings_that_are_there_stay_when_only_the_sources_are_new(tmp_path: Path, exports: Path) -> None:
    (tmp_path / FILE_NAME).write_text('zone = "Europe/Berlin"\n', encoding="utf-8")
    ran = run("init", "--home", tmp_path, "--data", exports)
    assert ran.exit_code == 0
    assert (tmp_path / FILE_NAME).read_text("utf-8") == 'zone = "Europe/Berlin"\n'
    assert "zone: Europe/Berlin" in (tmp_path / "sources.yaml").read_text("utf-8")


def test_the_report_in_json_names_columns_choices_and_filters(tmp_path: Path, exports: Path) -> None:
    (exports / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    report = json.loads(run("init", "--home", tmp_path / "home", "--data", exports, "--json").output)
    (orders,) = report["tables"]
    assert orders["columns"]["amount"] == ["买家实际支付金额"]
    assert orders["choices"] == {"ordered_at": ["订单创建时间"], "amount": ["总金额"]}
    assert orders["drop"] == {"订单状态": ["交易关闭", "等待买家付款"]}
    assert report["not_recognised"] == [f"{exports / 'notes.csv'}: its headers are those of no table"]
    assert report["written"] == ["opsbot.toml", "sources.yaml"]


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("init", "--home", tmp_path / "home", "--data", tmp_path / "empty")
    assert ran.exit_code == 1
    assert "no CSV, XLSX or Parquet file" in ran.output
    assert not (tmp_path / "home").exists()


def test_an_address_that_opens_nothing_is_refused_without_its_password(tmp_path: Path) -> None:
    ran = run("init", "--home", tmp_path / "home", "--database", "postgresql://me:s3cret@127.0.0.1:1/shop")
    assert ran.exit_code == 1
    assert "s3cret" not in ran.output
