"""Korean wording of the command line's own words; Typer has them in English only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for a command line it cannot understand."""

_HELP_WORDS = (
    (r"^Usage:", "쓰는 법:"),
    (r"\[OPTIONS\]", "[선택값]"),
    (r"COMMAND \[ARGS\]\.\.\.", "명령 [값]..."),
    (r"^Options:", "선택값:"),
    (r"^Commands:", "명령:"),
    (r"^Arguments:", "값:"),
    (r"Show this message and exit\.", "이 도움말을 보입니다."),
    (r"\[required\]", "[꼭 필요]"),
    (r"\[default: ([^\]]*)\]", r"[적지 않으면: \1]"),
    (r"; required\]", "; 꼭 필요]"),
    (r"<str>", "<글자>"),
    (r"<path>", "<경로>"),
    (r"<int( range)?>", "<정수>"),
    (r"<float( range)?>", "<수>"),
)

_VALUE_WORDS = (
    (r"greater than or equal to (\S+)", r"은 \1 이상이어야 합니다."),
    (r"less than or equal to (\S+)", r"은 \1 이하여야 합니다."),
    (r"valid integer", "은 정수여야 합니다."),
    (r"valid number", "은 수여야 합니다."),
)


def korean_help(text: str) -> str:
    """Return a help text with Typer's own words put into Korean."""
    for pattern, korean in _HELP_WORDS:
        text = re.sub(pattern, korean, text, flags=re.MULTILINE)
    return text


def korean_usage_error(error: Exception) -> str:
    """Return what to show for a command line that was not understood."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error)
    return f"✗ {_problem(error)}\n  쓰는 법은 뒤에 --help를 붙여 보세요."


def _problem(error: Exception) -> str:
    param = getattr(error, "param", None)
    name = param.opts[0] if param is not None else ""
    said = str(error)
    if unknown := re.search(r"No such command (.+?)\.", said):
        return f"없는 명령입니다: {unknown[1]}"
    if extra := re.search(r"unexpected extra argument\S* \((.+)\)", said):
        return f"더 적은 값이 있습니다: {extra[1]}"
    if bare := re.search(r"Option '(.+?)' requires an argument", said):
        return f"'{bare[1]}' 뒤에 값이 필요합니다."
    match type(error).__name__:
        case "MissingParameter":
            return f"'{name}' 값이 필요합니다."
        case "NoSuchOption":
            return f"'{getattr(error, 'option_name', '')}' 선택값은 없습니다."
        case "BadParameter":
            # Our own checks already speak Korean; Typer's conversions do not.
            return said if re.search("[가-힣]", said) else f"'{name}' 값{_wrong(said)}"
    return f"명령을 알아듣지 못했습니다: {said}"


def _wrong(said: str) -> str:
    for pattern, korean in _VALUE_WORDS:
        if found := re.search(pattern, said):
            return found.expand(korean)
    return "이 맞지 않습니다."


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return korean_help(super().get_help(ctx))


class _Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return korean_help(super().get_help(ctx))


class Commands(typer.Typer):
    """A group of commands whose help is Korean throughout."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            cls=_Group,
            no_args_is_help=True,
            add_completion=False,
            context_settings={"help_option_names": ["-h", "--help"]},
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            **options,
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a command; see `typer.Typer.command`."""
        options.setdefault("cls", _Command)
        return super().command(name, **options)
