"""Mask memories kept per conversation: sealed at rest, gone with the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from gongmu.bots.guard.mask import MaskMemory
from gongmu.bots.guard.tables import mask_table
from gongmu.core.clock import Clock
from gongmu.core.vault import Vault


class MaskVault:
    """Opens and keeps the memory behind each conversation's placeholders."""

    def __init__(
        self,
        engine: sa.Engine,
        vault: Vault,
        clock: Clock,
        public: frozenset[str] = frozenset(),
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._public = public

    def open(self, conversation_id: str) -> MaskMemory:
        """Return the conversation's memory, an empty one when there is none yet.

        Raises Refused seal_broken when the kept bytes or the key have changed.
        """
        query = sa.select(mask_table.c.sealed).where(
            mask_table.c.conversation_id == conversation_id
        )
        with self._engine.connect() as connection:
            sealed = connection.scalar(query)
        if sealed is None:
            return MaskMemory(self._public)
        return MaskMemory.load(self._vault.unseal(sealed, _purpose(conversation_id)), self._public)

    def keep(self, conversation_id: str, memory: MaskMemory) -> None:
        """Seal and store the memory; one without values leaves no row."""
        if not memory.count:
            return
        row = {
            "sealed": self._vault.seal(memory.dump(), _purpose(conversation_id)),
            "changed_at": self._clock(),
        }
        with self._engine.begin() as connection:
            done = connection.execute(
                mask_table.update()
                .where(mask_table.c.conversation_id == conversation_id)
                .values(row)
            )
            if not done.rowcount:
                connection.execute(
                    mask_table.insert().values(conversation_id=conversation_id, **row)
                )

    def destroy(self, conversation_ids: Sequence[str]) -> int:
        """Remove the memories of these conversations for good; return how many there were."""
        if not conversation_ids:
            return 0
        with self._engine.begin() as connection:
            done = connection.execute(
                mask_table.delete().where(mask_table.c.conversation_id.in_(conversation_ids))
            )
        return done.rowcount

    def destroy_before(self, moment: datetime) -> int:
        """Remove every memory last changed before `moment`; return how many there were."""
        with self._engine.begin() as connection:
            done = connection.execute(mask_table.delete().where(mask_table.c.changed_at < moment))
        return done.rowcount


def _purpose(conversation_id: str) -> str:
    return f"bot_mask:{conversation_id}"
