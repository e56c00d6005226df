"""What `pip install bindings/python` builds with: CMake, and nothing from the network.

PEP 517 asks for two functions. A wheel is an archive of the installed files and of three more that name them.
"""

import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
# Where what is compiled stays, so that a second build takes seconds.
BUILD = SOURCE / "build" / "python"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as staging:
        _install(pathlib.Path(staging))
        tag = "cp{0.major}{0.minor}".format(sys.version_info)
        platform = re.sub("[-.]", "_", sysconfig.get_platform())
        name = f"quartz_db-{_version()}-{tag}-{tag}-{platform}.whl"
        _add_metadata(pathlib.Path(staging), f"{tag}-{tag}-{platform}")
        with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
            for path in sorted(pathlib.Path(staging).rglob("*")):
                if path.is_file():
                    wheel.write(path, path.relative_to(staging))
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the package is built from the tree of Quartz, which its sources are a part of")


def _version():
    header = (SOURCE / "include" / "quartz" / "version.hpp").read_text()
    numbers = re.findall(r"^#define QUARTZ_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)\b", header, re.MULTILINE)
    if len(numbers) != 3:
        raise RuntimeError("include/quartz/version.hpp does not say which version it is")
    return ".".join(numbers)


def _install(prefix):
    options = {
        "CMAKE_BUILD_TYPE": "Release",
        "Python3_EXECUTABLE": sys.executable,
        "QUARTZ_PYTHON_INSTALL_DIR": ".",
        **{f"QUARTZ_{part}": "OFF" for part in ("TESTS", "SHAPE_TESTS", "TOOL", "SERVER", "CLIENT")},
    }
    ninja = ["-G", "Ninja"] if shutil.which("ninja") else []
    definitions = [f"-D{name}={value}" for name, value in options.items()]
    subprocess.run(["cmake", "-S", SOURCE, "-B", BUILD, *ninja, *definitions], check=True)
    jobs = os.environ.get("QUARTZ_JOBS", str(os.cpu_count()))
    subprocess.run(["cmake", "--build", BUILD, "--target", "quartz_python", "-j", jobs], check=True)
    subprocess.run(
        ["cmake", "--install", BUILD, "--component", "python", "--strip", "--prefix", prefix], check=True
    )


def _add_metadata(staging, tag):
    metadata = staging / f"quartz_db-{_version()}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: quartz-db\nVersion: {_version()}\n"
        "Summary: An embedded, ordered key-value store with vector search\nRequires-Python: >=3.11\n"
        "Requires-Dist: numpy\n"
    )
    (metadata / "WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: quartz\nRoot-Is-Purelib: false\nTag: {tag}\n"
    )
    record = metadata / "RECORD"
    lines = []
    for path in sorted(staging.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{path.relative_to(staging)},sha256={digest},{len(content)}\n")
    record.write_text("".join(lines) + f"{record.relative_to(staging)},,\n")
