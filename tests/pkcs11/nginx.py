"""nginx with several workers and keys, and a reload in the middle of thousands of handshakes."""

import os

from fixture import PAGE
from harness import documents
from harness.results import expect
from openssl_engine import certificates
from servers import Load, Server, client_context, free_port, start

HANDSHAKES = 5000
WORKERS = 4
THREADS = 8
PORTS = ("8443", "8444")


def configuration(token, ports):
    """The documented configuration with other ports, and with files in the test's folder."""
    text = token.adapt(documents.block(PAGE, "nginx", "nginx"))
    for documented, port in zip(PORTS, ports):
        text = text.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{port}")
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"  {name}_temp_path {token.folder};\n" for name in names)
    return token.write("nginx.conf", text.replace("http {\n", f"http {{\n  access_log off;\n{paths}"))


def launch(token, ports):
    """The workers of root run as a user that cannot read the module's configuration and certificates."""
    user = " user nobody nogroup;" if os.geteuid() == 0 else ""
    directives = f"daemon off; error_log stderr notice; pid {token.path('nginx.pid')};{user}"
    env = {**token.env, "PKCS11_MODULE_PATH": token.module}
    command = ["nginx", "-p", token.folder, "-c", configuration(token, ports), "-g", directives]
    return Server(["bash", "-c", 'trap "kill -QUIT \\$!; wait \\$!" TERM; "$@" & wait $!', "nginx", *command],
                  "start worker processes", token.folder, env)


def serves_through_a_reload(token):
    certificates(token, "ec-key", "rsa-key")
    ports = []

    def attempt(port):
        ports[:] = [port, free_port()]
        return launch(token, ports)

    with start(attempt) as server:
        token.emulator.reset_stats()
        targets = [(port, client_context(token.path(f"{name}.pem"))) for port, name in zip(ports, ("ec-key", "rsa-key"))]
        load = Load(targets, HANDSHAKES, THREADS, b"hello")
        load.half.wait()
        os.kill(int(token.read("nginx.pid")), 1)
        server.wait_for("reconfiguring")
        load.wait()
        text = server.stop()
    expect(token.emulator.count("Sign") == HANDSHAKES, f"{token.emulator.count('Sign')} signatures")
    expect(text.count("start worker process ") == 2 * WORKERS, f"not {WORKERS} workers and a reload: {text}")
    for sign in ("[alert]", "[emerg]", "[crit]", "signal 11", "exited on signal"):
        expect(sign not in text, text)


def run(results, token):
    results.case(f"nginx: {HANDSHAKES} handshakes and a reload", serves_through_a_reload, token)
