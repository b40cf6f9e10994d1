"""Every tunable once, with its unit and the reason for its value."""

from pathlib import Path

CORPUS = Path("corpus")
INDEX = Path("index")
FEEDBACK = Path("feedback")
HOST = "127.0.0.1"  # this machine alone
PORT = 7860

# The encoder was trained on 256 tokens; what lies beyond is silently ignored. Two are its own [CLS] and [SEP].
WINDOW_TOKENS = 256
PASSAGE_TOKENS = 200  # a longer run of sentences is parted, well within that
# Of the right passages, among the 16 nearest: 0.74 with 254 tokens a chunk, 0.87 with 96, 0.94 with a vector for each
# passage, of which there are twice as many as of such chunks. See docs/performance.md.
CHUNK_TOKENS = 96

QUESTION_CHARACTERS = 2_000  # some 300 words; a longer text is a document, not a question
EARLIER_QUESTIONS = 8  # of a conversation that a follow-up may lean on
PARTS = 5  # questions of one message that are answered apart; a longer list is answered as one
KEYS = 8  # anticipated questions that a passage should have: one or two gave nothing, eight the most that was measured
KEY_CHARACTERS = 200  # the longest of ours has 128; a longer one is a text, not a question
CANDIDATES = 64  # passages from each leg that are re-ranked: 200 find no more, see docs/performance.md
QUOTES = 3  # a reader scans three passages; more is a list, not an answer
NEAREST = 3  # sections offered where nothing answers
QUOTED_SHARE = 0.85  # of the best passage's score: what a further quote must reach
MATCHED_COSINE = 0.5  # from here on a word of the passage is marked as what met the question's word

ASKED_AT_ONCE = 2  # questions served side by side, page and programs each: see docs/performance.md, "under load"
WAITING_QUESTIONS = 64  # beyond these a new one is told to come back
