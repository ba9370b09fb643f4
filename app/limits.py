"""Every limit of the web shell, in one place (that of a body is a setting); the limits of single facts stand beside them in ``claims``."""

from __future__ import annotations

from datetime import date
from typing import Final

MAX_CASES: Final = 10_000
LARGE_BODY_BYTES: Final = 64 * 1024  # read in a thread, so that other requests go on meanwhile
LIGHT_WORK: Final = 2_000  # units (calculators.workload.estimate) that are calculated between two other requests; more of them in a thread
HEAVY_THREADS: Final = 2  # the largest calculation holds about 120 MiB
READING_THREADS: Final = 1  # a body of the largest size holds three times as much while it is read
INTERPRETER_SECONDS: Final = 0.001  # for which a thread keeps the interpreter; the event loop waits for it at every step of a request
MAX_WORK_IN_FLIGHT: Final = 400_000  # units of what is more, all together: four of the largest; beyond that 503
MAX_LIST_WORK: Final = 2_000_000  # units of all cases of a list: 10,000 of 200 each; the cases beyond are refused
BYTES_PER_UNIT: Final = 128  # of a case, what is shared included, that are read in a unit
MAX_DRAFT_BYTES: Final = 2_000_000
MAX_LARGE_IN_FLIGHT: Final = 8  # large bodies that are read or wait to be; more at once are turned away with 503
MAX_KEY_BODY_BYTES: Final = 16 * 1024
MAX_URI_BYTES: Final = 8 * 1024  # path and query
MAX_HEADER_BYTES: Final = 32 * 1024  # names and values of all headers
MAX_HEADERS: Final = 100
MAX_HEAD_BYTES: Final = 128 * 1024  # what the connection waits for; the limits above get a proper answer
MAX_FRAMING_BYTES: Final = 64 * 1024  # sizes and extensions of chunks and trailers, beyond as many bytes as the body has
HEAD_SECONDS: Final = 20  # in which a request's head comes in, and its body; a setting says otherwise
BODY_SECONDS: Final = 60
CHANGE_SECONDS: Final = 4  # of waiting for the database, then who changes something is told; the health check has known for two
MAX_CHANGES: Final = 4  # at once, and questions about drafts
MAX_KEY_CHANGES: Final = 2  # at once, beside the others: a key is revoked whatever becomes of drafts
MAX_PROOFS: Final = 2  # at once of what is done for drafts while nothing is locked; a proof has its own bound, ``regions.MAX_STEPS``
MAX_PROOFS_TAKEN: Final = 8  # of which the others wait for their turn, a second or two
ANSWER_SECONDS: Final = 1.5  # an answer of the database that takes longer counts as none: it is stalled
MAX_BODIES_ARRIVING: Final = 10  # as many of the largest size; beyond their sum large bodies are turned away with 503
MAX_JSON_DEPTH: Final = 64
MAX_TOKENS: Final = 300_000  # values and keys of a body: 500 contracts with 60 vouchers each; what reads them at one go stays short
MAX_LIST_TOKENS: Final = 2_500_000  # of a list of cases, each of which is read alone: 10,000 cases of 250
MAX_TEXT_BYTES: Final = 256 * 1024  # of one text or number in JSON, escapes left out; a field says how many characters it takes
MAX_DRAFT_TOKENS: Final = 100_000  # of whatever changes something
QUICK_BYTES: Final = 8 * 1024  # of a claim that is checked at one go; in so few there is not much that can be wrong
MAX_IN_FLIGHT: Final = 512  # more requests at once are turned away with 503
DEFAULT_LISTED: Final = 200  # entries of a list that nobody asked to be longer or shorter
MAX_LISTED: Final = 1_000
MAX_SEARCH_TEXT: Final = 100
MAX_CASE_LISTS_IN_FLIGHT: Final = 4
CHUNK_BYTES: Final = 64 * 1024
MIN_COMPRESSED_BYTES: Final = 16 * 1024  # a smaller answer goes out in one round trip either way
MAX_REMEMBERED_IDS: Final = 100_000  # ids of a list of cases that are compared with those of later cases
MAX_LISTED_REPEATS: Final = 100  # ids of each kind that are listed as occurring in several cases
MAX_LISTED_CASES: Final = 10  # cases that are listed for each of them
LARGEST_MOVERS: Final = 10  # cases that an effect on money lists by name
SLICE_SECONDS: Final = 0.005  # a batch lets other requests go on after this long

# A day outside these is a mistyped one, and arithmetic on it could leave the calendar.
FIRST_DAY: Final = date(1950, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

MAX_MEASURE_TEXT: Final = 200
MAX_MEASURE_COUNT: Final = 10**13
MAX_KEY_LENGTH: Final = 64
