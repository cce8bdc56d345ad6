"""The key that tests seal with; here, so that a process which a test starts needs no pytest for it."""

from __future__ import annotations

import base64

TEST_KEY = "t1:" + base64.urlsafe_b64encode(bytes(range(32))).decode()
