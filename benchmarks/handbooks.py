"""Handbooks as a large team has them: thousands of different sections, the same ones at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.questions import SEED

CATEGORIES = ("美妆", "服饰", "母婴", "家电", "3C", "食品", "生鲜", "家居", "教育", "汽车", "潮玩")
PLACES = ("华东仓", "华南仓", "华北仓", "西南仓", "直播间", "私域社群", "客服中心", "门店", "达人基地", "海外仓")
TOPICS = """
退货验收 首次发货 差评回访 优惠券发放 会员日准备 短视频选题 直播脚本 库存盘点 新品上架 投放复盘
达人寄样 价格保护 赠品核对 售后赔付 老客唤醒 包材采购 冷链交接 大促排班 广告素材 社群裂变
预售锁单 物流异常 评价收集 尺码提示 门店自提 跨境清关 样品归还 违规词检查 发票开具 质检抽样
""".split()  # noqa: SIM905  # a list of thirty strings would take as many lines
OWNERS = ("运营", "客服主管", "仓储组长", "投放经理", "直播中控", "商品经理", "财务", "质检员", "社群管家", "值班经理")
DUTIES = (
    "每天{hour}点前核对{topic}清单，缺失的项目当场补齐并在群里说明",
    "{topic}超过{days}天没有处理的，由{owner}逐单联系买家并登记原因",
    "{place}的{topic}抽查{share}%，不合格超过{limit}件就整批复核",
    "{category}{topic}的费用每单不超过{money}元，超出部分由{owner}审批",
    "新人先跟岗{days}天，通过{topic}考核后才能独立操作",
    "每周{week}汇总{place}的{topic}问题，前三项写进下周改进计划",
    "{category}商品的{topic}记录保存{months}个月，便于追溯和对账",
    "遇到系统故障时改用纸质单据完成{topic}，恢复后{hour}小时内补录",
)  # fmt: skip
QUESTIONS = (
    "{category}在{place}的{topic}由谁负责",
    "{place}{category}{topic}抽查百分之多少",
    "{category}{topic}每单费用上限是多少",
    "{topic}记录要保存几个月",
    "系统坏了{place}怎么做{topic}",
)
SECTIONS_A_BOOK = 25


def write_handbooks(folder: Path, chunks: int) -> int:
    """Writes handbooks with about so many sections, each short enough for one chunk; returns how many files."""
    chance = random.Random(SEED)
    folder.mkdir(parents=True)
    books = -(-chunks // SECTIONS_A_BOOK)
    for number in range(books):
        category, place = CATEGORIES[number % len(CATEGORIES)], PLACES[number // len(CATEGORIES) % len(PLACES)]
        title = f"{category}{place}作业手册第{number + 1}册"
        sections = "\n".join(_section(chance, category, place) for _ in range(SECTIONS_A_BOOK))
        (folder / f"{number:04}.md").write_text(f"# {title}\n\n{sections}", encoding="utf-8")
    return books


def handbook_questions(count: int) -> list[str]:
    """Questions in other words than the sections, about all of them."""
    chance = random.Random(SEED + 1)
    return [chance.choice(QUESTIONS).format(**_words(chance)) for _ in range(count)]


def _section(chance: random.Random, category: str, place: str) -> str:
    topic = chance.choice(TOPICS)
    words = {**_words(chance), "category": category, "place": place, "topic": topic}
    duties = chance.sample(DUTIES, 3)
    return (
        f"## {topic}的第{chance.randint(1, 99)}条\n\n" + "".join(f"{duty.format(**words)}。" for duty in duties) + "\n"
    )


def _words(chance: random.Random) -> dict[str, str | int]:
    return dict(_drawn(chance))


def _drawn(chance: random.Random) -> Iterator[tuple[str, str | int]]:
    yield from (("category", chance.choice(CATEGORIES)), ("place", chance.choice(PLACES)))
    yield from (("topic", chance.choice(TOPICS)), ("owner", chance.choice(OWNERS)))
    yield from (("hour", chance.randint(2, 22)), ("days", chance.randint(2, 60)), ("months", chance.randint(3, 60)))
    yield from (("share", chance.randint(2, 80)), ("limit", chance.randint(2, 30)), ("money", chance.randint(3, 900)))
    yield ("week", chance.choice("一二三四五"))
