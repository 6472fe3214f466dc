"""How well it is known that an order belongs to who is asking, and how that is raised."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assistant.conversation.actions.slot_values import Proof
from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.turn.turn_input import TurnInput
from assistant.domain.actions import IdentityGrant, IdentityLevel
from assistant.domain.audit import CUSTOMER
from assistant.domain.people import Customer
from assistant.ports.actions import ToolBackend
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

#: Tries a day to guess what belongs to an order: in one conversation, of one order, from one address.
MAX_TRIES = 5
MAX_TRIES_PER_ORIGIN = 20
MAX_TRY_AGE = timedelta(days=1)
#: How long a proof holds in its conversation.
MAX_GRANT_AGE = timedelta(hours=2)
MAX_CODE_AGE = timedelta(minutes=10)
#: Codes a day that one order's owner may be sent.
MAX_CODES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    """Proves who somebody is; every try is counted before it is made, and given back if it was not wrong."""

    database: Database[Store]
    backend: ToolBackend
    clock: Clock

    async def list_own_orders(self, customer: Customer) -> Sequence[Mapping[str, Any]] | None:
        """The orders of a customer whom the site signed; None for everybody else."""
        signed = [one for one in customer.identities if one.verified and one.channel == WEB]
        if not signed:
            return None
        record = await self.backend.lookup_customer(signed)
        return record.orders if record is not None else None

    async def find_level(
        self, conversation: str, subject: str, orders: Sequence[Mapping[str, Any]] | None
    ) -> IdentityLevel:
        """How well it is known that *subject* is theirs; *orders*: of `list_own_orders`."""
        grants = await self.database.read(
            lambda store: store.identity_proofs.load_grants(conversation, self.clock())
        )
        granted = grants[subject].level if subject in grants else IdentityLevel.CLAIMED
        is_own = any(order.get("id") == subject for order in orders or ())
        return max(granted, IdentityLevel.SITE_SIGNED) if is_own else granted

    async def find_proven_subject(self, turn: TurnInput) -> str | None:
        """The one order that was proven in this conversation; None: none, or several."""
        grants = await self.database.read(
            lambda store: store.identity_proofs.load_grants(turn.conversation.id, self.clock())
        )
        proven = [name for name, one in grants.items() if one.level >= IdentityLevel.CHANNEL_PROVEN]
        return proven[0] if len(proven) == 1 else None

    async def verify_proof(self, turn: TurnInput, subject: str, proof: Proof) -> bool | None:
        """Whether it is right; None: the tries are over, or it cannot be asked. Wrong and unknown are one."""
        if not await self._reserve_try(turn, "lookup", subject, MAX_TRIES):
            return None
        is_right = await self.backend.verify_order(subject, proof.to_arguments())
        if is_right is not False:
            keys = _list_limits(turn, "lookup", subject, MAX_TRIES).keys()
            await self.database.write(lambda store: store.identity_proofs.return_attempt(keys))
        if is_right:
            await self._save_grant(turn, subject, IdentityLevel.CHANNEL_PROVEN, "lookup")
        return is_right

    async def send_code(self, turn: TurnInput, subject: str, language: str) -> bool:
        """A code to the address that the business has; whether one is on its way."""
        if not await self._reserve_try(turn, "code sent", subject, MAX_CODES):
            return False
        code = f"{secrets.randbelow(1_000_000):06d}"
        hashed, expires = _hash_code(turn, subject, code), self.clock() + MAX_CODE_AGE
        await self.database.write(
            lambda store: store.identity_proofs.save_code(turn.conversation.id, subject, hashed, expires)
        )
        return await self.backend.send_code(subject, code, language)

    async def redeem_code(self, turn: TurnInput, subject: str, code: str) -> bool | None:
        """Whether it is the code; None: the tries are over."""
        if not await self._reserve_try(turn, "code", subject, MAX_TRIES):
            return None
        hashed, now = _hash_code(turn, subject, code), self.clock()
        is_right = await self.database.write(
            lambda store: store.identity_proofs.redeem_code(turn.conversation.id, subject, hashed, now)
        )
        if is_right:
            await self._save_grant(turn, subject, IdentityLevel.ONE_TIME_CODE, "code")
        return is_right

    async def _reserve_try(self, turn: TurnInput, what: str, subject: str, limit: int) -> bool:
        limits, now = _list_limits(turn, what, subject, limit), self.clock()
        return await self.database.write(
            lambda store: store.identity_proofs.reserve_attempt(limits, now, now + MAX_TRY_AGE)
        )

    async def _save_grant(self, turn: TurnInput, subject: str, level: IdentityLevel, method: str) -> None:
        now = self.clock()
        grant = IdentityGrant(subject=subject, level=level, method=method)

        def step(store: Store) -> None:
            store.identity_proofs.save_grant(turn.conversation.id, grant, now + MAX_GRANT_AGE)
            store.audit.append_entry(
                CUSTOMER,
                "identity",
                now,
                conversation=turn.conversation.id,
                level=int(level),
                method=method,
            )

        await self.database.write(step)


def _list_limits(turn: TurnInput, what: str, subject: str, limit: int) -> dict[str, int]:
    """Key of what is counted -> tries."""
    conversation = turn.conversation
    limits = {
        _hash_key(what, "conversation", conversation.id): limit,
        _hash_key(what, "subject", subject): limit,
    }
    if conversation.origin:
        limits[_hash_key(what, "origin", conversation.origin)] = MAX_TRIES_PER_ORIGIN
    return limits


def _hash_key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _hash_code(turn: TurnInput, subject: str, code: str) -> str:
    """Under the conversation's id: a million codes are hashed in no time."""
    key = turn.conversation.id.encode()
    return hmac.new(key, f"{subject} {code}".encode(), hashlib.sha256).hexdigest()
