"""SendGrid's documented limits on one request, held before anything is sent.

Where Twilio's pages contradict each other the stricter number stands. [ERR] is the page
"Mail Send errors", [OV] "Mail Send API overview", [OAI] the published OpenAPI document.
"""

from __future__ import annotations

PERSONALIZATIONS = 1000  # [ERR] [OAI]; with one `to` each this is also the limit of 1000 recipients
SUBSTITUTIONS = 150  # items in one personalization [ERR]
SUBSTITUTION_BYTES = 10_000  # in one personalization [OAI]; [ERR] has other, looser numbers
CATEGORY_LENGTH = 255  # ASCII only [ERR]
# "Less than 30 MB with headers" [OV]. A megabyte is taken as 10^6, and 100 kB are left for the headers.
REQUEST_BYTES = 29_900_000
