"""sshauth and a key agent: which one it asks, what it shows of its keys."""
import os
import subprocess

from harness import CREDENTIAL, LIMIT, USAGE, ToolTest


class AgentTest(ToolTest):
    def agent(self, *keys):
        """ssh-agent with these key files; gives its socket."""
        path = self.path("agent")
        process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, env=self.environment())

        def stop():
            process.terminate()
            process.wait(LIMIT)
            process.stdout.close()

        self.addCleanup(stop)
        self.assertIn("SSH_AUTH_SOCK", process.stdout.readline())
        for key in keys:
            subprocess.run(["ssh-add", "-q", key], check=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                           env={**os.environ, "SSH_AUTH_SOCK": path})
        return path

    def test_keys_of_an_agent(self):
        one, two = self.keygen("one", "-t", "ed25519"), self.keygen("two", "-t", "ecdsa")
        path = self.agent(one, two)
        said = self.run_json("key", "--agent", env={"SSH_AUTH_SOCK": path})
        self.assertEqual([key["type"] for key in said["keys"]], ["ssh-ed25519", "ecdsa-sha2-nistp256"])
        for key, file in zip(said["keys"], (one, two)):
            with open(file + ".pub") as public:
                self.assertEqual(key["public_key"], public.read().strip())
        self.assertEqual(self.run_json("key", "--agent-socket", path), said)
        for_people = self.run_tool("key", "--agent-socket", path).stdout
        self.assertIn("one comment", for_people)
        self.assertIn("two comment", for_people)

    def test_no_agent(self):
        said = self.run_json("key", "--agent", status=CREDENTIAL)
        self.assertIn("SSH_AUTH_SOCK is not set", said["message"])
        said = self.run_json("key", "--agent-socket", self.path("none"), status=CREDENTIAL)
        self.assertIn("there is no such socket", said["message"])
        self.assertIn("use --agent", self.run_json("key", status=USAGE)["message"])

    def test_login(self):
        key = self.keygen("id", "-t", "ed25519")
        path = self.agent(key)
        server = self.serve("--authorized-keys", key + ".pub")
        target = ["demo@127.0.0.1:" + str(server.port), "--host-key", server.fingerprint]
        said = self.run_json("login", *target, "--agent", env={"SSH_AUTH_SOCK": path})
        self.assertEqual((said["method"], said["key_algorithm"]), ("publickey", "ssh-ed25519"))
        os.remove(key)  # the public half says which key of the agent
        said = self.run_json("login", *target, "--agent-socket", path, "-i", key + ".pub")
        self.assertEqual(said["result"], "authenticated")
        other = self.keygen("other", "-t", "ed25519")
        said = self.run_json("login", *target, "--mode", "publickey", "--agent-socket", path, "-i",
                             other + ".pub", status=CREDENTIAL)
        self.assertEqual(said["code"], 272)
        said = self.run_json("login", *target, "-i", key + ".pub", status=CREDENTIAL)
        self.assertIn("--agent", said["message"])
