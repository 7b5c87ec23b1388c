"""The one place that reads settings and environment and puts real parts together."""

from pakdee.domain.places import SETTINGS_FILE
from pakdee.house.house import LOCAL_TWIN, House, open_house

__all__ = ["LOCAL_TWIN", "SETTINGS_FILE", "House", "open_house"]
