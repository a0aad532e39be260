"""Chooses the form of an answer from its plan and facts; every form has its own file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.assistant.compose.buttons import Rows, kpi_buttons
from bot.assistant.compose.figures import Printer
from bot.assistant.compose.heading import compose_heading, heading_picture
from bot.assistant.compose.knowledge import Quoting, compose_abstention, compose_knowledge, compose_passage
from bot.assistant.compose.kpi import compose_kpi
from bot.assistant.compose.pictures import kpi_picture
from bot.assistant.compose.plain import (
    choice_rows,
    compose_courtesy,
    compose_definition,
    compose_question_back,
)
from bot.assistant.compose.refusal import compose_refusal
from bot.assistant.compose.tactics import adopt_row, compose_no_tactic, compose_tactics
from bot.assistant.compose.unusual import compose_unusual, why_buttons
from bot.assistant.compose.watch import compose_watch
from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Citation, Facts, Picture, Plan, Question
from bot.assistant.vocabulary import Vocabulary
from metrics.calendar import Calendar
from metrics.model import SemanticModel
from prompts.loader import Wording


@dataclass
class Draft:
    """An answer before grounding."""

    html: str
    citations: tuple[Citation, ...] = ()
    buttons: Rows = ()
    picture: Picture | None = None
    stated: list[str] = field(default_factory=list)  # every string that code rendered out of facts


@dataclass(frozen=True)
class Composer:
    """Turns facts into words and pictures; knows no data source."""

    model: SemanticModel
    calendar: Calendar
    wording: Wording
    lexicon: Lexicon
    vocabulary: Vocabulary
    documents: Callable[[], int]  # how many documents are indexed now

    def compose(self, plan: Plan, facts: Facts, question: Question) -> Draft:
        """The draft of one answer."""
        asked = plan.query.compare if plan.query else ()
        printer = Printer(self.model, self.wording, plan.language, question.now, self.calendar, asked)
        printer.has_own_baseline = plan.query is not None and plan.query.against is not None
        printer.excluded = plan.excluded
        draft = self._draft(plan, facts, printer, question)
        draft.stated = [*printer.stated, *draft.stated]
        return draft

    def _draft(self, plan: Plan, facts: Facts, printer: Printer, question: Question) -> Draft:
        if facts.refusal is not None:
            html, choices = compose_refusal(plan, facts.refusal, printer, self.lexicon)
            return Draft(html, buttons=choice_rows(choices), stated=[html])
        if plan.intent in ("kpi", "diagnose"):
            return self._kpi(plan, facts, printer)
        if plan.intent == "tactics":
            compose = compose_tactics if facts.suggestions else compose_no_tactic
            return self._with_asides(Draft(*compose(plan, facts, printer)), plan)
        if plan.intent == "knowledge":
            return self._knowledge(plan, facts, question)
        return self._plain(plan, facts, printer, question)

    def _view(self, plan: Plan, facts: Facts, printer: Printer) -> Draft:
        """Where it is heading, or what is unusual."""
        if plan.view == "anomalies":
            html = compose_unusual(plan, facts, printer)
            return self._with_asides(Draft(html, buttons=why_buttons(facts, printer, self.wording)), plan)
        if plan.view == "watch":
            return self._with_asides(Draft(*compose_watch(plan, facts, printer, self.wording)), plan)
        html = compose_heading(plan, facts, printer)
        buttons = kpi_buttons(plan, facts, self.model, self.wording)
        return self._with_asides(Draft(html, (), buttons, heading_picture(facts, printer)), plan)

    def _kpi(self, plan: Plan, facts: Facts, printer: Printer) -> Draft:
        if plan.view:
            return self._view(plan, facts, printer)
        html = compose_kpi(plan, facts, printer)
        citations: tuple[Citation, ...] = ()
        if plan.advice and facts.suggestions:
            cards, citations, _ = compose_tactics(plan, facts, printer)
            html = f"{html}\n\n{cards}"
        picture = kpi_picture(plan, facts, printer)
        buttons = kpi_buttons(plan, facts, self.model, self.wording)
        if citations:
            buttons = (adopt_row(facts.suggestions, printer), *buttons)
        return self._with_asides(Draft(html, citations, buttons, picture), plan)

    def _with_asides(self, draft: Draft, plan: Plan) -> Draft:
        """How words were read, what was not applied, and which questions of the message are still open."""
        said = {"read_as": plan.read_as, "ignored": plan.ignored, "unanswered": [one.label for one in plan.choices]}
        for name, items in said.items():
            if items:
                line = self.wording.render(f"answer/{name}", plan.language, words=items)
                draft.html = f"{draft.html}\n{line}"
                draft.stated.append(line)
        draft.buttons = (*draft.buttons, *choice_rows(plan.choices))
        return draft

    def _knowledge(self, plan: Plan, facts: Facts, question: Question) -> Draft:
        shown = Quoting(self.wording, plan.language, question.now.date())
        if plan.unclear == "passage":
            composed = compose_passage(facts.passages[0], shown)
        else:
            composed = compose_knowledge(plan, facts, shown)
        return Draft(*composed, stated=shown.stated(facts.passages))

    def _plain(self, plan: Plan, facts: Facts, printer: Printer, question: Question) -> Draft:
        language = plan.language
        if plan.intent == "definition":
            html = compose_definition(plan, self.model, self.wording)
            return Draft(html, stated=[html])  # the catalogue's own sentence
        if plan.intent == "help":
            return Draft(html := self.wording.render("answer/help", language), stated=[html])
        if plan.intent == "smalltalk" and plan.unclear:
            return Draft(self.wording.render(f"answer/{plan.unclear}", language))
        if plan.intent == "smalltalk":
            return Draft(compose_courtesy(plan, self.wording, self._is_thanks(plan.text)))
        if plan.intent == "denied":
            return self._denied(plan, printer, question)
        if plan.intent == "clarify":
            nearest = self._nearest(plan.unclear_data.get("word", ""))
            html, buttons = compose_question_back(plan, self.wording, nearest)
            return Draft(html, buttons=buttons, stated=[html])
        return self._abstain(plan, facts)

    def _abstain(self, plan: Plan, facts: Facts) -> Draft:
        if plan.unclear:
            return Draft(self.wording.render(f"answer/{plan.unclear}", plan.language, **plan.unclear_data))
        draft = Draft(*compose_abstention(plan, facts, self.wording, self.model, self.documents()))
        draft.stated.append(str(self.documents()))
        return draft

    def _denied(self, plan: Plan, printer: Printer, question: Question) -> Draft:
        if plan.unclear == "denied_category":
            asked = [printer.value_name("category", value) for value in plan.unclear_data["asked"].split(",")]
            allowed = [printer.value_name("category", value) for value in question.asker.categories]
            return Draft(self.wording.render("answer/denied_category", plan.language, asked=asked, allowed=allowed))
        names = printer.joined(printer.metric(id) for id in plan.unclear_data["metrics"].split(","))
        return Draft(self.wording.render("answer/denied", plan.language, what=names))

    def _nearest(self, word: str) -> str:
        return next(iter(self.lexicon.nearest(word, 1)), "") if word else ""

    def _is_thanks(self, text: str) -> bool:
        from bot.assistant.fold import fold

        return bool(self.vocabulary.find(fold(text))["thanks"])
