"""Statements that must not compile: results that are discarded, and null pointers as texts."""

import os
import re
import subprocess

from harness import needs
from harness.build import WARNINGS
from harness.results import expect

PROGRAM = """#include <scwkms.hpp>
void f(const scwkms::Client& client, scwkms::Operation<scwkms::Buffer>& operation, const scwkms::Buffer& bytes);
void f(const scwkms::Client& client, scwkms::Operation<scwkms::Buffer>& operation, const scwkms::Buffer& bytes) {
  static_cast<void>(operation.handle() == client.handle() && bytes.size() == 0);
#line 1
%s
}
"""
CALLS = ['public_key("k")', 'sign("k", bytes)', 'decrypt("k", bytes)', 'encrypt("k", bytes)', 'get_key("k")',
         "find_keys()", 'wrap("k", bytes)', 'generate_data_key("k")', 'list_rotations("k")', "list_algorithms()"]
DISCARDED = [
    *(f"client.{call};" for call in CALLS),
    *(f"client.{call.replace('(', '_async(', 1)};" 
      for call in [*CALLS, 'create_key("k")', 'delete_key("k")', 'rotate_key("k")']),
    "operation.wait();", "operation.ready();", "operation.wait_for(std::chrono::seconds(1));",
    "client.within(std::chrono::seconds(1));", "bytes.empty();", "bytes.to_vector();", 'scwkms::Client("scwkms:");',
]
NULL = [
    "const scwkms::Client other(nullptr);", "const scwkms::Client another{nullptr};",
    "static_cast<void>(client.get_key(nullptr));", "static_cast<void>(client.sign(nullptr, bytes));",
    "static_cast<void>(client.find_keys_async(nullptr));", "client.delete_key(nullptr);",
    "scwkms::validate_name(nullptr);",
]
CORRECT = [
    'client.create_key("k");', 'client.delete_key("k");', 'client.delete_key_async("k").wait();',
    'static_cast<void>(client.sign_async("k", bytes));', "const scwkms::Buffer signature = operation.wait();",
    "const scwkms::Client other;", 'const scwkms::Client other("scwkms:");',
]


def messages(compiler, standard, statements):
    """The status and the messages of the compiler for a program with these statements, each in a line of its own."""
    no_limit = ["-ferror-limit=0"] if "clang" in os.path.basename(compiler) else []
    command = [compiler, f"-std={standard}", *WARNINGS, "-Wno-unused-variable", "-fsyntax-only", *no_limit,
               "-I", needs.include_dir(), "-x", "c++", "-"]
    done = subprocess.run(command, input=PROGRAM % "\n".join(statements), capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})
    return done.returncode, done.stderr


def rejected(compiler, standard):
    for statements, word in [(DISCARDED, "nodiscard"), (NULL, "deleted")]:
        _, text = messages(compiler, standard, statements)
        for line, statement in enumerate(statements, 1):
            found = re.search(rf"^<stdin>:{line}:\d+: error: .*{word}", text, re.M)
            expect(found, f"this compiles: {statement}\n{text}")
    status, text = messages(compiler, standard, [f"{{ {statement} }}" for statement in CORRECT])
    expect(status == 0, text)
