"""The kinds of identifier that we look for: the words a reader sees, the HIPAA category, and what to type instead.

The categories are the eighteen of the Safe Harbor method, 45 CFR 164.514(b)(2)(i), (A) to (R).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of identifier, in plain words, with what may stand in its place."""

    phrase: str  # completes "It looks as if the message holds …"
    category: str  # the letter in 45 CFR 164.514(b)(2)(i)
    short: str  # the category in one word, as measured by `ipt-rag phi`
    instead: str  # completes "Instead, you may write …"


NAME = Kind("a person's name", "A", "NAME", "a role, such as “my patient” or “her husband”")
FULL_NAME = Kind("a full name", "A", "NAME", "a role, such as “my patient” or “her husband”")
ADDRESS = Kind("a street address or place of living", "B", "GEOGRAPHIC", "the country or the kind of place")
POSTCODE = Kind("a postal code", "B", "GEOGRAPHIC", "the country or the kind of place")
DATE = Kind("a date of birth or other full date", "C", "DATE", "an age under 90, a year, or “three weeks ago”")
AGE = Kind("an age of 90 or more", "C", "DATE", "“over 89” or “in late life”")
PHONE = Kind("a phone number", "D", "PHONE", "nothing: the question does not need it")
FAX = Kind("a fax number", "E", "FAX", "nothing: the question does not need it")
EMAIL = Kind("an e-mail address", "F", "EMAIL", "nothing: the question does not need it")
SSN = Kind("a social security or national number", "G", "SSN", "nothing: the question does not need it")
RECORD = Kind("a medical record or chart number", "H", "MRN", "“my patient”")
PLAN = Kind("a health plan or insurance number", "I", "HEALTH_PLAN", "the kind of cover, such as “public insurance”")
ACCOUNT = Kind("an account or card number", "J", "ACCOUNT", "nothing: the question does not need it")
LICENCE = Kind("a licence, certificate or passport number", "K", "LICENSE", "the profession or the kind of paper")
VEHICLE = Kind("a vehicle or plate number", "L", "VEHICLE", "“a car”")
DEVICE = Kind("a device or serial number", "M", "DEVICE", "the kind of device")
URL = Kind("a personal web address or user name", "N", "URL", "“a social media page”")
IP = Kind("an IP address", "O", "IP", "nothing: the question does not need it")
BIOMETRIC = Kind("a fingerprint, voice or other biometric record", "P", "BIOMETRIC", "“a biometric record”")
PHOTO = Kind("a photograph of a person", "Q", "PHOTO", "a description without features that identify")
OTHER = Kind("another identifying number", "R", "OTHER_ID", "“my patient”")

KINDS = (
    NAME,
    FULL_NAME,
    ADDRESS,
    POSTCODE,
    DATE,
    AGE,
    PHONE,
    FAX,
    EMAIL,
    SSN,
    RECORD,
    PLAN,
    ACCOUNT,
    LICENCE,
    VEHICLE,
    DEVICE,
    URL,
    IP,
    BIOMETRIC,
    PHOTO,
    OTHER,
)
BY_PHRASE = {kind.phrase: kind for kind in KINDS}
