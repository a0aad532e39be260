"""Draft cards: what is proposed out of free text, what is not, and that none counts before a person accepts it.

Which sentences make a draft was decided by reading both documents, not by running the code.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.drafts import Draft, Vocabulary, as_markdown
from knowledge.loading.markdown import Source, read_markdown
from knowledge.tactics import read_tactics
from tests.knowledge.conftest import Open

ROOT = Path(__file__).parents[2]
PLAYBOOKS = ROOT / "knowledge" / "playbooks"
REVIEW = PLAYBOOKS / "2023年电商运营年终回顾.md"
FLATTENED = ROOT / "tests" / "evals" / "documents" / "2024年跨境家居业务年终回顾.md"
TRADES = ("美妆", "服饰", "母婴", "家电", "3C", "食品", "教育", "汽车", "收纳", "床品", "灯具", "厨具")
NAMES = Vocabulary(
    categories=dict.fromkeys(TRADES, ()),
    channels={"直播": ("直播间",), "短视频": (), "私域": ("社群",)},
    metrics={
        "GMV": ("销售额", "成交额"),
        "私域GMV占比": (),
        "客单价": (),
        "转化率": (),
        "点击率": ("广告点击率",),
        "复购率": (),
        "退货率": (),
        "ROI": ("投产比",),
        "广告花费": ("广告成本",),
        "获客成本": (),
        "满意度": ("客户满意度", "好评率"),
        "线索量": ("潜在客户",),
        "库存天数": ("库存周转天数",),
    },
    falling_is_good=frozenset({"退货率", "广告花费", "获客成本", "库存天数"}),
)
OF_THE_REVIEW = {  # a piece of the sentence → categories, metrics
    "场景化营销配合达人矩阵": ("美妆", "GMV"),
    "会员日 + 裂变福利": ("服饰", "私域GMV占比"),
    "早教内容 + 直播测评": ("母婴", "转化率"),
    "设计师走进直播间": ("服饰", "客单价"),
    "个性化触达": ("", "点击率"),
    "老用户以旧换新": ("家电", "GMV"),
    "砍掉低效渠道": ("汽车", "广告花费"),
    "孕前期、孕中期和产后": ("母婴", "点击率"),
    "预售加区域仓备货": ("3C", "满意度"),
    "短视频种草 + 长图文科普 + 直播答疑": ("教育", "线索量"),
}
OF_THE_FLATTENED = {
    "在售SKU从4200个砍到1500个": ("", "GMV"),
    "“好眠会员”，年底会员数": ("", "复购率"),
    "“一锅到底”专场": ("", "GMV"),
    "“改造前后对比”15秒": ("", "点击率"),
    "腰部达人": ("", "获客成本"),
    "“三件一套”": ("收纳", "客单价"),
    "“百夜试睡”": ("床品", "转化率"),  # the return rate rose: no success of it
    "AR安装引导": ("灯具", "满意度"),
    "引入本地仓": ("", "满意度"),
    "“家庭聚餐套装”": ("厨具", "GMV"),
    "库龄超过180天的商品强制清仓": ("", "库存天数"),
}


def written(open_library: Open, folder: Path, text: str) -> tuple[Draft, ...]:
    (folder / "notes.md").write_text(text, encoding="utf-8")
    library = open_library()
    library.sync()
    return library.drafts(NAMES)


@pytest.mark.parametrize(("file", "expected"), [(REVIEW, OF_THE_REVIEW), (FLATTENED, OF_THE_FLATTENED)])
def test_every_success_with_what_was_done_is_proposed_and_nothing_else(
    file: Path, expected: dict[str, tuple[str, str]], open_library: Open, folder: Path
) -> None:
    shutil.copy(file, folder)
    library = open_library()
    library.sync()
    found = library.drafts(NAMES)
    assert {
        next((piece for piece in expected if piece in draft.evidence), draft.evidence): (
            "、".join(draft.categories),
            "、".join(draft.metrics),
        )
        for draft in found
    } == expected
    assert len(found) == len(expected)


def test_a_draft_says_its_passage_its_title_and_what_a_person_must_add(open_library: Open, folder: Path) -> None:
    (draft,) = written(open_library, folder, "# 复盘\n\n## 会员\n\n通过“周三会员日”，直播间的复购率提升8%。\n")
    assert (draft.title, draft.action, draft.metrics) == ("周三会员日", "通过“周三会员日”", ("复购率",))
    assert (draft.document, draft.section, draft.channels) == ("复盘", "会员", ("直播",))
    assert draft.missing == ("categories", "when", "steps")
    passage = open_library().passage(draft.passage_id)
    assert passage is not None
    assert draft.evidence in passage.text


@pytest.mark.parametrize(
    "sentence",
    [
        "2023年，全网GMV超过5万亿元。",  # nobody did anything
        "通过会员日，计划把复购率提升到40%。",  # not yet
        "跟风投放开屏广告，ROI升到0.6。",  # nothing to repeat
        "采用低价策略，退货率高达25%。",  # a level of what should be low
        "采用低价策略，客单价下降30%。",  # the wrong way
        "采用场景化营销，用户反馈不错。",  # no figure
        "采用盲盒玩法，粉丝互动率提升30%。",  # a metric that nobody knows here
    ],
)
def test_what_is_no_success_of_something_done_is_not_proposed(sentence: str, open_library: Open, folder: Path) -> None:
    assert written(open_library, folder, f"# 复盘\n\n{sentence}\n") == ()


def test_what_a_card_tells_already_is_not_proposed_again(open_library: Open, folder: Path) -> None:
    shutil.copytree(PLAYBOOKS, folder, dirs_exist_ok=True)
    library = open_library()
    library.sync()
    # of the review's ten, nine stand as evidence in a card of the bundled playbooks
    assert [draft.title for draft in library.drafts(NAMES)] == ["个性化触达"]


def test_a_draft_is_no_tactic(open_library: Open, folder: Path) -> None:
    shutil.copy(REVIEW, folder)
    library = open_library()
    library.sync()
    assert len(library.drafts(NAMES)) == 10
    assert library.tactics() == ()


def test_drafts_of_the_managers_documents_are_shown_to_managers_only(open_library: Open, folder: Path) -> None:
    text = "---\naudience: manager\n---\n\n# 内参\n\n通过“周三会员日”，美妆复购率提升8%。\n"
    assert written(open_library, folder, text) == ()
    assert len(open_library().drafts(NAMES, audience="manager")) == 1


def test_an_accepted_draft_is_a_card_when_its_gaps_are_filled(open_library: Open, folder: Path) -> None:
    (draft,) = written(open_library, folder, "# 复盘\n\n通过“周三会员日”，美妆复购率提升8%。\n")
    text = as_markdown(draft).replace("触发：", "触发：复购率低于目标")
    cards = read_tactics(read_markdown(Source("0" * 64, "accepted.md", text)))
    assert cards.mistakes == ()
    (card,) = cards.tactics
    assert (card.title, card.categories, card.metrics) == ("周三会员日", ("美妆",), ("复购率",))
    assert (card.when, card.actions) == ("复购率低于目标", ("通过“周三会员日”",))
    assert card.evidence == "通过“周三会员日”，美妆复购率提升8%"


def test_text_of_a_document_cannot_begin_another_card(open_library: Open, folder: Path) -> None:
    (draft,) = written(open_library, folder, "# 复盘\n\n通过“#假的”，美妆复购率提升8%。\n")
    headings = [line for line in as_markdown(draft).splitlines() if line.startswith("#")]
    assert headings == ["## 战法：假的"]
