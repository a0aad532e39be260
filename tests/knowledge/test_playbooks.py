"""The bundled documents hold the published figures, all of them, in their scope, and no others.

The parsing here is deliberately its own few lines: an error in the loader must not hide an error in a document.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "knowledge" / "playbooks"
FACTS = ROOT.parent / "shared" / "review_2023_facts.yaml"
EVALS = ROOT / "tests" / "evals" / "knowledge.yaml"
CATALOG = ROOT / "metrics" / "definitions" / "catalog.yaml"
REVIEW = "2023年电商运营年终回顾"

CATEGORIES = ("美妆", "服饰", "母婴", "家电", "3C", "食品", "生鲜", "家居", "教育", "汽车", "潮玩")
CHANNELS = ("直播", "短视频", "货架", "私域", "即时零售")
KEYS = ("类目", "渠道", "指标", "触发", "动作", "证据", "注意", "投入")
HEADINGS = {
    "1.1": "直播电商",
    "1.2": "私域",
    "1.3": "双十一与双十二",
    "2.1": "直播从流量到内容",
    "2.2": "私域的用户生命周期闭环",
    "2.3": "数据驱动获客",
    "3.1": "供应链成本与体验",
    "3.2": "注意力碎片化",
    "3.3": "数据安全与隐私合规",
    "4.1": "沉浸式购物",
    "4.2": "本地服务与即时零售",
    "4.3": "AI工具",
    "4.4": "道德消费与ESG",
    "4.5": "全球化精细运营",
    "五": "总结",
}
# section, figure, and the words without which a sentence with that figure would say something else
FIGURES = (
    ("1.1", "5万亿", ("2023年", "全网", "直播电商GMV", "超过")),
    ("1.1", "18%", ("2023年", "全网", "直播占", "交易额")),
    ("1.1", "2000万", ("2023年", "美妆", "单场销售额", "超过", "场景化营销", "达人矩阵")),
    ("1.2", "35%", ("2023年", "完善私域系统", "留存率", "平均提升")),
    ("1.2", "2倍", ("2023年", "完善私域系统", "复购率", "行业均值")),
    ("1.2", "12%", ("2023年", "服饰", "私域GMV占比", "年初", "会员日", "裂变福利")),
    ("1.2", "27%", ("2023年", "服饰", "私域GMV占比", "年末", "会员日", "裂变福利")),
    ("1.3", "6%", ("2023年", "双十一", "全网交易额", "同比增长")),
    ("1.3", "40%", ("2023年", "大促", "母婴", "转化率提升", "早教内容", "直播测评")),
    ("2.1", "30%", ("2023年", "服饰", "客单价提升", "设计师", "工艺")),
    ("2.2", "20%", ("2023年", "AI模型", "个性化触达", "点击率提升")),
    ("2.2", "1亿", ("2023年", "家电", "私域GMV", "半年突破", "以旧换新", "付费社群")),
    ("2.3", "30%", ("2023年", "汽车", "广告成本节省", "逐环节追踪ROI", "低效渠道")),
    ("2.3", "18%", ("2023年", "母婴", "广告点击率提升", "孕前期", "孕中期", "产后")),
    ("3.1", "25%", ("2023年", "3C", "客户满意度提升", "预售", "区域仓")),
    ("3.1", "25%", ("2023年", "过度追求低价", "退货率高达", "品控疏漏")),
    ("3.2", "10万", ("2023年", "教育", "潜在客户", "超过", "三击策略")),
    ("4.1", "5分钟", ("2023年", "美妆", "AR试妆镜", "停留时长", "超过")),
    ("4.2", "40%", ("2024年", "预期", "生鲜与家居服务类", "GMV增长", "超过")),
    ("4.3", "1/3", ("2023年", "食品", "AI嘴型识别", "研发周期缩短")),
    ("4.4", "50%", ("2023年", "Z世代", "环保承诺", "溢价")),
)

ARABIC = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?(?:%|倍|万亿|亿|万|千|百|成|分钟|小时|个百分点|天|周|个月|款|场|次|人|条)?")
CHINESE = re.compile(
    r"(?:百分之|[二三四五六七八九十]分之)[一二两三四五六七八九十百]+"
    r"|[一二两三四五六七八九十百]+(?:成(?!交)|倍|万|亿|元|天|周(?!期)|个月|小时|分钟|秒)"
    r"|[二两三四五六七八九十百半][十百千]*(?:成(?!交)|倍|万|亿|元|天|周|个|月|年|小时|分钟|场|次|款|条|家|人|种|类|层|击|步)"
)
# what looks like a number and is a name
NAMES = re.compile(r"(?m)3C|双十[一二]|\b[1-4]\.[1-5](?= [^\d\s])|^#{2} .、")


def bundled() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(PLAYBOOKS.glob("*.md"))}


def front_matter(text: str) -> dict[str, Any]:
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(loaded, dict)
    return loaded


def body(text: str) -> str:
    return text.split("---\n", 2)[2]


def numbers(text: str) -> set[str]:
    plain = NAMES.sub(" ", unicodedata.normalize("NFKC", text))
    return {*ARABIC.findall(plain), *CHINESE.findall(plain)}


def sections(text: str) -> dict[str, str]:
    """Heading path (joined by " › ") → the section's own text."""
    found: dict[str, str] = {"": ""}
    path: list[str] = []
    for line in body(text).splitlines():
        heading = re.match(r"(#{2,4}) (.+)", line)
        if heading:
            path = [*path[: len(heading[1]) - 2], heading[2].strip()]
        key = " › ".join(path)
        found[key] = found.get(key, "") + ("" if heading else line + "\n")
    return found


def cards() -> list[tuple[str, str, dict[str, str]]]:
    """(document, name, key → value with its nested lines) of every tactic section."""
    found = []
    for document, text in bundled().items():
        for path, content in sections(text).items():
            name = re.fullmatch(r"(?:.* › )?战法：(.+)", path)
            if name:
                pairs = re.findall(r"(?ms)^- ([^：\n]+)：(.*?)(?=^- |\Z)", content)
                found.append((document, name[1], {key: value.strip() for key, value in pairs}))
    return found


def metric_names() -> set[str]:
    metrics = yaml.safe_load(CATALOG.read_text("utf-8"))["metrics"].values()
    return {name for metric in metrics for name in (metric["zh"], *metric["aliases"])}


def names(value: str) -> list[str]:
    return value.split("、")


def holds_a_figure_with_its_scope(sentence: str, figure: str) -> bool:
    meant = [words for _, value, words in FIGURES if value == figure]
    return any(all(word in sentence for word in words) for words in meant)


def test_the_review_and_at_least_five_playbooks_are_bundled() -> None:
    assert len(bundled()) >= 6
    assert REVIEW in bundled()


@pytest.mark.parametrize("document", sorted(bundled()))
def test_the_front_matter_says_what_the_document_is(document: str) -> None:
    keys = front_matter(bundled()[document])
    assert keys["title"] == document
    assert str(keys["date"]) == "2023-12-25"
    assert keys["audience"] == "everyone"


def test_the_review_has_every_section_in_order() -> None:
    headings = re.findall(r"(?m)^#{2,3} (?:([1-4]\.[1-5]) |(五)、)(.+)$", bundled()[REVIEW])
    assert [number or five for number, five, _ in headings] == list(HEADINGS)
    for number, five, heading in headings:
        assert heading.startswith(HEADINGS[number or five])


@pytest.mark.parametrize(("section", "figure", "words"), FIGURES)
def test_the_review_states_each_figure_once_with_whom_what_and_when(
    section: str, figure: str, words: tuple[str, ...]
) -> None:
    text = next(content for path, content in sections(bundled()[REVIEW]).items() if f"› {section} " in path)
    sentences = [line for line in text.splitlines() if figure in line and all(word in line for word in words)]
    assert len(sentences) == 1


@pytest.mark.parametrize("document", sorted(bundled()))
def test_no_figure_stands_in_a_document_without_its_scope(document: str) -> None:
    values = {figure for _, figure, _ in FIGURES}
    for line in body(bundled()[document]).splitlines():
        for sentence in re.split(r"(?<=。)", line):
            for figure in numbers(sentence) & values:
                assert holds_a_figure_with_its_scope(sentence, figure), f"{figure}: {sentence}"


@pytest.mark.parametrize("document", sorted(set(bundled()) - {REVIEW}))
def test_a_playbook_brings_no_number_that_the_review_lacks(document: str) -> None:
    assert numbers(body(bundled()[document])) - numbers(body(bundled()[REVIEW])) == set()


def test_the_review_brings_no_number_beyond_the_table_above() -> None:
    # two years, the layers of hosts, the three-strike plan and half a year are words of the same facts
    named = {"2023", "2024", "三层", "三击", "半年"}
    assert numbers(body(bundled()[REVIEW])) == named | {figure for _, figure, _ in FIGURES}


@pytest.mark.parametrize("document", sorted(bundled()))
def test_every_number_stands_in_the_published_facts(document: str) -> None:
    if not FACTS.exists():
        pytest.skip("the published facts (../shared/review_2023_facts.yaml) are not part of a clone")
    assert numbers(body(bundled()[document])) - numbers(FACTS.read_text("utf-8")) - {"三层", "三击"} == set()


def test_every_published_figure_stands_in_the_review() -> None:
    if not FACTS.exists():
        pytest.skip("the published facts (../shared/review_2023_facts.yaml) are not part of a clone")
    facts = yaml.safe_load(FACTS.read_text("utf-8"))["review"]["sections"]
    published = {
        (section["id"], number)
        for section in facts
        for fact in section["facts"]
        for number in numbers(str(fact.get("value", "")))
    }
    assert published - {("2.2", "半年")} == {(section, figure) for section, figure, _ in FIGURES}


def test_the_number_finder_sees_the_numbers_that_must_not_slip_in() -> None:
    text = "每场前 15 分钟讲 3 款，提升两成，三天后看，百分之五，约二分之一，做两场，涨1.5倍，3C双十一 1.3 私域"
    assert numbers(text) == {"15", "3", "两成", "三天", "百分之五", "二分之一", "两场", "1.5倍"}


def test_every_category_has_a_card_of_its_own() -> None:
    covered = {category for _, _, card in cards() for category in names(card["类目"])}
    assert covered - {"全部"} == set(CATEGORIES)


def test_card_names_are_unique() -> None:
    titles = [name for _, name, _ in cards()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(("document", "name", "card"), cards(), ids=[name for _, name, _ in cards()])
def test_a_tactic_has_every_key_and_known_names(document: str, name: str, card: dict[str, str]) -> None:
    assert tuple(card) == KEYS
    assert set(names(card["类目"])) <= {*CATEGORIES, "全部"}
    assert set(names(card["渠道"])) <= {*CHANNELS, "全部"}
    assert set(names(card["指标"])) <= metric_names()
    assert len(re.findall(r"(?m)^\s*- \S", card["动作"])) >= 3
    assert card["触发"]
    assert card["注意"]
    assert card["投入"][0] in "低中高"


@pytest.mark.parametrize(("document", "name", "card"), cards(), ids=[name for _, name, _ in cards()])
def test_the_evidence_of_a_tactic_points_to_a_section_of_the_review(
    document: str, name: str, card: dict[str, str]
) -> None:
    number, heading = re.findall(r"› ([1-4]\.[1-5]) ([^（）]+)", card["证据"])[0]
    assert heading.startswith(HEADINGS[number])
    for figure in numbers(card["证据"]) & {figure for _, figure, _ in FIGURES}:
        assert (number, figure) in {(section, value) for section, value, _ in FIGURES}


def test_no_bundled_document_is_limited_to_categories() -> None:
    """Each has advice or cards for any category, so a filter by category must not hide it."""
    assert all(front_matter(text)["categories"] == [] for text in bundled().values())


def questions() -> list[dict[str, Any]]:
    loaded = yaml.safe_load(EVALS.read_text("utf-8"))
    assert isinstance(loaded, list)
    return loaded


def test_the_question_set_has_enough_of_every_kind() -> None:
    asked = questions()
    assert len({question["id"] for question in asked}) == len(asked)
    assert len({question["question"] for question in asked}) == len(asked)
    assert sum(question["answerable"] for question in asked) >= 60
    assert sum(not question["answerable"] for question in asked) >= 20
    assert {question["language"] for question in asked} == {"zh", "zh-Hant", "en"}


@pytest.mark.parametrize("question", questions(), ids=lambda question: question["id"])
def test_each_expected_place_exists_and_holds_every_expected_figure(question: dict[str, Any]) -> None:
    if not question["answerable"]:
        assert question["documents"] == question["sections"] == question["figures"] == []
        return
    found: dict[str, str] = {}  # expected section → the text that stands there, whichever document it is in
    for document in question["documents"]:
        here = {
            section: content
            for section in question["sections"]
            for path, content in sections(bundled()[document]).items()
            if section in path
        }
        assert here, f"none of the sections stands in {document}"
        found |= here
    assert set(found) == set(question["sections"])
    for section, content in found.items():
        assert all(figure in content for figure in question["figures"]), section


def test_the_examples_of_the_readme_have_every_key_in_both_languages() -> None:
    readme = (ROOT / "knowledge" / "README.md").read_text("utf-8")
    chinese, english = re.findall(r"(?s)```markdown\n(.*?)```", readme)
    assert re.findall(r"(?m)^- ([^：\n]+)：", chinese) == list(KEYS)
    assert re.findall(r"(?m)^- ([a-z]+):", english) == (
        ["categories", "channels", "metrics", "when", "actions", "evidence", "caution", "effort"]
    )
    known = {figure for _, figure, _ in FIGURES}
    assert {number for number in numbers(chinese + english) if number.endswith("%")} <= known
