"""Drivers built outside of the tree against an installed package: they work, or are refused and say why."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["AFFERENT_BUILD"])
SOURCE = pathlib.Path(os.environ["AFFERENT_SOURCE"])
CMAKE = os.environ["CMAKE"]
ROOT = os.geteuid() == 0
FRAME = "543D32312E350A"  # T=21.5

CONFIG = """[node]
id = "gateway-1"
plugins = ["{file}"]
[store]
path = "{folder}/store.db"
[[port]]
id = "line"
kind = "tcp"
host = "127.0.0.1"
tcp_port = 9
[[device]]
id = "thermometer"
driver = "{driver}"
port = "line"
domain = "water"
{option}
"""


def must(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}")


def run(program, *arguments):
    return subprocess.run([str(BUILD / "bin" / program), *map(str, arguments)], capture_output=True, text=True, timeout=60)


class OutOfTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="afferent-plugin-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.umask(0o022)
        prefix = cls.folder / "usr"
        must(CMAKE, "--install", BUILD, "--component", "driver", "--prefix", prefix)
        cls.out = cls.folder / "out"
        sources = {"hello": SOURCE / "examples/driver-hello", "variants": SOURCE / "tests/plugin/variants"}
        for name, source in sources.items():
            shutil.copytree(source, cls.folder / name)
            build = cls.folder / ("build-" + name)
            must(CMAKE, "-G", "Ninja", "-S", cls.folder / name, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
                 f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}", f"-DCMAKE_LIBRARY_OUTPUT_DIRECTORY={cls.out}",
                 f"-DHELLO={cls.folder}/hello/hello.cpp")
            must(CMAKE, "--build", build)

    def file(self, name):
        return self.out / f"{name}.so"

    def decode(self, name, *arguments, driver="hello"):
        return run("afferent", "decode", "--plugin", self.file(name), "--driver", driver, *arguments)

    def refused(self, name, *words):
        done = self.decode(name, FRAME)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"{name}.so", done.stderr)
        # Nobody's but root's files are loaded: all that another user can see is that.
        for word in words if ROOT else ["must belong to root"]:
            self.assertIn(word, done.stderr)

    def needs_root(self):
        if not ROOT:
            self.refused("hello")
        return ROOT

    def check(self, name, driver="hello", option="", program="check"):
        config = self.folder / "afferent.toml"
        config.write_text(CONFIG.format(file=self.file(name), folder=self.folder, driver=driver, option=option))
        if program == "check":
            return run("afferent", "check", config)
        return run("afferentd", "--config", config)

    def test_the_example_decodes(self):
        if not self.needs_root():
            return
        done = self.decode("hello", FRAME)
        self.assertEqual(done.returncode, 0, done.stderr)
        reading = json.loads(done.stdout)
        self.assertEqual((reading["channel"], reading["value"], reading["unit"]), ("temperature", 21.5, "degC"))
        done = self.decode("hello", "-o", "scale=F", "543D3730", "2E370A")
        self.assertAlmostEqual(json.loads(done.stdout)["value"], 21.5)
        self.assertEqual(self.decode("hello", "583D310A").returncode, 1)

    def test_the_example_is_a_driver_of_a_configuration(self):
        if not self.needs_root():
            return
        done = self.check("hello", option='scale = "F"')
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.check("hello", option='scale = "K"')
        self.assertIn("device.scale", done.stderr)
        done = run("afferent", "drivers", "hello", "--plugin", self.file("hello"))
        self.assertIn("What the thermometer shows.", done.stdout)

    def test_another_abi(self):
        self.refused("wrong_abi", "was built for driver ABI 3", "this program has ABI 2")

    def test_another_mode_of_the_standard_library(self):
        self.refused("hello_debug", "debug=1 instead of debug=0", "the driver: libstdc++", "this program: libstdc++")

    def test_another_version_of_the_language(self):
        self.refused("hello_newer", "instead of c++=202002")

    def test_a_missing_symbol(self):
        self.refused("no_symbol", "exports no afferent_plugin_v1")
        self.refused("unresolved", "cannot be loaded", "afferent_nobody_has_this")

    def test_what_is_no_library(self):
        self.file("text").write_text("hello\n")
        self.refused("text", "cannot be loaded")
        done = run("afferent", "decode", "--plugin", self.out, "--driver", "hello", FRAME)
        self.assertIn("is not a regular file", done.stderr)
        done = run("afferent", "decode", "--plugin", "/nowhere/hello.so", "--driver", "hello", FRAME)
        self.assertIn("No such file", done.stderr)

    def test_a_name_that_is_taken_or_none(self):
        self.refused("taken", "there is already a driver 'modbus', built in")
        self.refused("unnamed", "no usable name")

    def test_files_that_others_can_change(self):
        copy = self.file("copy")
        shutil.copy(self.file("hello"), copy)
        copy.chmod(0o664)
        self.refused("copy", "can be changed by others than root (mode 0664)")
        copy.chmod(0o646)
        self.refused("copy", "(mode 0646)")
        copy.chmod(0o644)
        if not ROOT:
            return
        os.chown(copy, 1, 0)
        self.refused("copy", "belongs to user 1; a driver must belong to root")
        os.chown(copy, 0, 0)
        self.out.chmod(0o775)
        self.refused("copy", f"its folder {self.out} can be changed by others than root")
        self.out.chmod(0o755)
        self.assertEqual(self.decode("copy", FRAME).returncode, 0)

    def test_a_refusal_names_file_line_and_key(self):
        for program, status in ("check", 1), ("run", 78):
            done = self.check("no_symbol", program=program)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn("afferent.toml:3: node.plugins: ", done.stderr)

    def test_a_create_that_throws_is_an_error(self):
        if not self.needs_root():
            return
        done = self.decode("rogue", "-o", "act=create", FRAME, driver="rogue")
        self.assertEqual(done.returncode, 2)
        self.assertIn("create() threw: rogue was created", done.stderr)
        done = self.check("rogue", "rogue", 'act = "create"')
        self.assertIn("device 'thermometer': driver 'rogue': create() threw: rogue was created", done.stderr)
        done = self.check("rogue", "rogue", 'act = "create"', program="run")
        self.assertEqual(done.returncode, 78)
        self.assertIn("create() threw: rogue was created", done.stderr)
        self.assertIn("gave no driver", self.decode("rogue", "-o", "act=nothing", FRAME, driver="rogue").stderr)

    def test_a_driver_that_throws_or_is_slow_is_contained(self):
        if not self.needs_root():
            return
        for act, why in ("throw", "threw: rogue was called"), ("throw_int", "no std::exception"), ("slow", "ms in a call"):
            done = self.decode("rogue", "-o", f"act={act}", FRAME, FRAME, FRAME, FRAME, driver="rogue")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(why, done.stderr)
            self.assertIn("in quarantine", done.stderr)


if __name__ == "__main__":
    unittest.main()
