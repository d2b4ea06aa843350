"""How moto is corrected: a method of it replaced by one that gets the original."""

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def corrected(owner: type, name: str) -> Callable[[Function], Function]:
    """Replaces a method of moto by the decorated function, which gets the original first."""

    def replace(correction: Function) -> Function:
        original = getattr(owner, name)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return correction(original, self, *args, **kwargs)

        setattr(owner, name, method)
        return correction

    return replace
