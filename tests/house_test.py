"""The house rules that a machine can see: who may include whom, and how long a file may be."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# docs/architecture.md, "Folders". Each may also include itself.
MAY_INCLUDE = {
    "mail": set(),
    "service": set(),
    "bus": {"service"},
    "encryptor": {"mail"},
    "gateway": {"mail", "service", "bus", "encryptor"},
    "portal": {"mail", "service", "bus", "encryptor"},
    "revocation": {"mail", "service", "bus"},
    "simulator": {"mail", "service", "bus", "encryptor", "gateway", "portal", "revocation"},
    "cli": {"mail", "service", "bus", "encryptor", "gateway", "portal", "revocation", "simulator"},
}
# mail/ is the domain: no sockets, no clock, no disk. iconv is the C library's.
MAIL_LIBRARIES = re.compile(r"^(nlohmann/|simdjson\.h$|gmime/|glib|iconv\.h$|openssl/evp\.h$)")
STANDARD = re.compile(r"^[a-z_]+$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
LONGEST_FILE = 400


def crossings(folder, text):
    """The includes of a file of `folder` that the table forbids."""
    found = []
    for kind, path in INCLUDE.findall(text):
        if kind == '"':
            target = path.split("/")[0]
            if target != folder and target not in MAY_INCLUDE[folder]:
                found.append(path)
        elif folder == "mail" and not (STANDARD.match(path) or MAIL_LIBRARIES.match(path)):
            found.append(path)
    return found


def sources(folder):
    return [p for p in (ROOT / folder).rglob("*") if p.suffix in (".cpp", ".hpp")]


class HouseTest(unittest.TestCase):
    def test_no_include_crosses_the_table(self):
        for folder in MAY_INCLUDE:
            for path in sources(folder):
                with self.subTest(path=path.relative_to(ROOT)):
                    self.assertEqual(crossings(folder, path.read_text()), [])

    def test_a_forbidden_include_is_caught(self):
        self.assertEqual(crossings("gateway", '#include "portal/pages.hpp"\n'), ["portal/pages.hpp"])
        self.assertEqual(crossings("mail", '#include <boost/asio.hpp>\n'), ["boost/asio.hpp"])
        self.assertEqual(crossings("bus", '#  include "mail/ledger.hpp"\n'), ["mail/ledger.hpp"])
        self.assertEqual(crossings("portal", '#include "mail/ledger.hpp"\n#include <map>\n'), [])

    def test_every_folder_is_in_the_table(self):
        built = re.findall(r"add_subdirectory\((\w+)\)", (ROOT / "CMakeLists.txt").read_text())
        self.assertEqual(sorted(set(built) - {"tests"}), sorted(MAY_INCLUDE))

    def test_no_source_file_is_too_long(self):
        for folder in (*MAY_INCLUDE, "tests"):
            for path in sources(folder):
                with self.subTest(path=path.relative_to(ROOT)):
                    self.assertLessEqual(len(path.read_text().splitlines()), LONGEST_FILE)

    def test_headers_are_guarded(self):
        for folder in (*MAY_INCLUDE, "tests"):
            for path in (ROOT / folder).rglob("*.hpp"):
                with self.subTest(path=path.relative_to(ROOT)):
                    self.assertTrue(path.read_text().startswith("#pragma once"))


if __name__ == "__main__":
    sys.exit(unittest.main())
