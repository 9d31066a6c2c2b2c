"""`python -m gongmu`: runs a command and turns expected failures into a Korean sentence."""

from __future__ import annotations

import sys

from gongmu.core.errors import GongmuError


def main() -> None:
    """Run the command line; expected failures exit with 2, bugs with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Korean must not turn a message into a crash.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    from gongmu.cli import app
    from gongmu.cli.korean import UsageError, korean_usage_error

    try:
        sys.exit(app(prog_name="gongmu", standalone_mode=False))
    except GongmuError as problem:
        print(f"✗ {problem.message}", file=sys.stderr)
        if problem.todo:
            print(f"  할 일: {problem.todo}", file=sys.stderr)
        print(f"  ({problem.code})", file=sys.stderr)
        sys.exit(2)
    except UsageError as problem:
        print(korean_usage_error(problem), file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, EOFError):
        print("멈췄습니다.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
