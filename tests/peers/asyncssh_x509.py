#!/usr/bin/env python3
"""A server of asyncssh with X.509 keys (RFC 6187): FOLDER KIND ALGORITHM.

Makes an authority, a host key with a certificate for 127.0.0.1 and a user key with one, listens on a
free loopback port, and prints one line of JSON with what a client needs. Ends when stdin does.
"""
import asyncio
import json
import os
import sys

import asyncssh

KINDS = {"rsa": ("ssh-rsa", {"key_size": 2048}), "dsa": ("ssh-dss", {}),
         "ecdsa256": ("ecdsa-sha2-nistp256", {}), "ecdsa384": ("ecdsa-sha2-nistp384", {}),
         "ecdsa521": ("ecdsa-sha2-nistp521", {})}
PLAIN = {"x509v3-rsa2048-sha256": "rsa-sha2-256", "x509v3-ssh-rsa": "ssh-rsa",
         "x509v3-ssh-dss": "ssh-dss"}


class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True


def main():
    folder, kind, algorithm = sys.argv[1:]
    name, sizes = KINDS[kind]

    def path(what):
        return os.path.join(folder, f"x509-{algorithm}-{what}")

    def authority(what):
        key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
        certificate = key.generate_x509_ca_certificate(key, f"CN={what}", serial=1, hash_alg="sha256")
        certificate.write_certificate(path(what + ".pem"), "pem")
        return key, certificate

    ca_key, ca = authority("authority")
    authority("stranger")
    host_key = asyncssh.generate_private_key(name, **sizes)
    user_key = asyncssh.generate_private_key(name, **sizes)
    host = ca_key.generate_x509_host_certificate(host_key, "CN=host", issuer="CN=authority", serial=2,
                                                 principals=["127.0.0.1"], purposes=None, hash_alg="sha256")
    user = ca_key.generate_x509_user_certificate(user_key, "CN=x509user", issuer="CN=authority", serial=3,
                                                 principals=["x509user"], purposes=None, hash_alg="sha256")
    with open(path("user"), "wb") as f:
        f.write(user_key.export_private_key("pkcs8-pem"))
        f.write(user.export_certificate("pem"))
    os.chmod(path("user"), 0o600)
    authorized = path("authorized")
    with open(authorized, "w", encoding="utf-8") as f:
        f.write("cert-authority,principals=\"x509user\" "
                + ca.export_certificate("openssh").decode())

    async def serve():
        server = await asyncssh.create_server(
            Server, "127.0.0.1", 0, server_host_keys=[(host_key, host)],
            authorized_client_keys=authorized, signature_algs=[algorithm],
            x509_trusted_certs=[ca])
        port = server.sockets[0].getsockname()[1]
        print(json.dumps({"port": port, "ca": path("authority.pem"), "other_ca": path("stranger.pem"),
                          "user_key": path("user"), "plain": PLAIN.get(algorithm, name)}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        server.close()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
