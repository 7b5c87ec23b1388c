"""The search for parameters under which what was seen is most likely."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

LARGEST = 10.0
"""Of a parameter's logarithm: what runs away further says that the data do not fix it."""


def most_likely(
    cost: Callable[[npt.NDArray[np.float64]], float], parameters: int
) -> tuple[float, ...] | None:
    """Positive parameters that make `cost`, a mean negative log-likelihood, least; None if none do."""
    from scipy.optimize import minimize

    found = minimize(
        lambda logs: cost(np.exp(logs)),
        np.zeros(parameters),
        method="L-BFGS-B",
        bounds=[(-LARGEST, LARGEST)] * parameters,
        options={"ftol": 1e-11, "gtol": 1e-7},
    )
    if not np.isfinite(found.fun) or np.abs(found.x).max() >= LARGEST:
        return None
    return tuple(float(value) for value in np.exp(found.x))
