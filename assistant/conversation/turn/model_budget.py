"""What one turn may still spend on models: asked before a call, settled after it, kept in the database."""

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.domain.budgets import Budgets, ModelBudget, ModelUsage, Spender
from assistant.domain.withheld_reasons import WithheldReason
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store


def build_budget_factory(
    database: Database[Store], budgets: Budgets, clock: Clock
) -> Callable[[Spender], ModelBudget]:
    """What makes the allowance of a turn."""
    return lambda spender: TurnModelBudget(database=database, budgets=budgets, spender=spender, clock=clock)


@dataclass(slots=True, kw_only=True)
class TurnModelBudget:
    """Reserves before a call, so that many turns at once cannot spend one rest several times.

    A call that dies unsettled keeps its reservation: too much is counted rather than too little.
    """

    database: Database[Store]
    budgets: Budgets
    spender: Spender
    clock: Clock
    _spent: ModelUsage = field(default_factory=ModelUsage)

    async def reserve_tokens(self, tokens: int) -> WithheldReason | None:
        """None: go ahead; else whose budget is spent."""
        if not self.budgets.message.has_room(self._spent, tokens):
            return WithheldReason.MESSAGE_BUDGET_SPENT
        accounts = list(self.spender.list_accounts(self.clock()))

        wanted, given_back = ModelUsage(tokens=tokens, calls=1), ModelUsage(tokens=-tokens, calls=-1)

        def step(store: Store) -> WithheldReason | None:
            # Added before it is compared: the rows are ours until the commit, whoever else reserves too.
            store.spending.add_spending(accounts, wanted)
            spent = store.spending.load_by_account(accounts)
            for account in accounts:
                if not self.budgets.for_scope(account.scope).has_room(spent[account] + given_back, tokens):
                    store.spending.add_spending(accounts, given_back)
                    return WithheldReason(f"{account.scope}_budget_spent")
            return None

        why = await self.database.write(step)
        if why is None:
            self._spent += ModelUsage(tokens=tokens, calls=1)
        return why

    async def record_usage(self, reserved: int, tokens: int, cost: float | None) -> None:
        """What the call that *reserved* these tokens really took."""
        change = ModelUsage(tokens=tokens - reserved, cost=cost or 0.0)
        self._spent += change
        accounts = list(self.spender.list_accounts(self.clock()))
        await self.database.write(lambda store: store.spending.add_spending(accounts, change))
