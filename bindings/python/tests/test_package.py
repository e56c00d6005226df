"""The package as a whole: types, documentation, what documents show, installation."""

import ast
import os
import pathlib
import re
import subprocess
import sys
import sysconfig

import pytest

import quartz
from quartz import _quartz

SOURCE = pathlib.Path(os.environ["QUARTZ_SOURCE_DIRECTORY"])
GUIDE = SOURCE / "docs" / "guide"


def own_names(type_or_module):
    return {name for name, value in vars(type_or_module).items() if callable(value) or isinstance(value, property)}


def test_the_types_name_what_the_extension_has_and_nothing_else():
    stub = ast.parse((SOURCE / "bindings" / "python" / "quartz" / "_quartz.pyi").read_text())
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    extension = {name: value for name, value in vars(_quartz).items() if isinstance(value, type)}
    assert set(classes) == set(extension)
    implied = {"__new__", "__init__", "_pybind11_conduit_v1_", "__repr__"}
    for name, node in classes.items():
        typed = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        assert typed - implied == own_names(extension[name]) - implied, name


def test_the_package_says_that_it_has_types():
    assert (pathlib.Path(quartz.__file__).parent / "py.typed").exists()


def test_every_public_name_is_documented():
    undocumented = []
    for name in quartz.__all__:
        value = getattr(quartz, name)
        if name != "__version__" and not value.__doc__:
            undocumented.append(name)
        if isinstance(value, type) and value.__module__.startswith("quartz") and not issubclass(value, tuple):
            undocumented += [
                f"{name}.{part}" for part, member in vars(value).items()
                if not part.startswith("_") and (callable(member) or isinstance(member, property))
                and not member.__doc__
            ]
    assert undocumented == []


def test_the_version_is_that_of_the_library():
    header = (SOURCE / "include" / "quartz" / "version.hpp").read_text()
    assert quartz.__version__ == ".".join(re.findall(r"#define QUARTZ_VERSION_\w+ (\d+)", header))


def test_every_documented_option_can_be_given_except_functions_and_objects(tmp_path):
    documented = re.findall(r"^\| `(\w+)` \|", (GUIDE / "configuration.md").read_text(), re.MULTILINE)
    assert len(documented) > 15
    for option in set(documented) - {"logger", "event_listener"}:
        # Of no option's type, so that nothing is opened.
        with pytest.raises(TypeError, match=f"^{option} must be"):
            quartz.open(tmp_path / "db", **{option: object()})


def snippets():
    """Each document with the Python that it shows, which is one program from its top to its end."""
    for document in (GUIDE / "python.md", SOURCE / "README.md"):
        blocks = re.findall(r"^```python\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
        yield pytest.param("\n".join(blocks), id=document.name)


@pytest.mark.parametrize("program", snippets())
def test_what_documents_show_runs(program, tmp_path):
    assert "import quartz" in program
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60)


@pytest.mark.parametrize("example", sorted((SOURCE / "examples" / "python").glob("*.py")), ids=lambda path: path.name)
def test_examples_run(example, tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", example], cwd=tmp_path, check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stdout


def test_the_wheel_lists_what_is_in_it(tmp_path, monkeypatch):
    """The library itself is not built again: what this folder of the build has stands for it."""
    monkeypatch.syspath_prepend(SOURCE / "bindings" / "python")
    import build_backend

    def install(prefix):
        subprocess.run(
            ["cmake", "--install", os.environ["QUARTZ_BUILD_DIRECTORY"], "--component", "python", "--prefix", prefix],
            check=True, stdout=subprocess.DEVNULL,
        )
        (prefix / "lib" / "python3" / "dist-packages" / "quartz").rename(prefix / "quartz")
        (prefix / "lib" / "python3" / "dist-packages").rmdir()

    monkeypatch.setattr(build_backend, "_install", install)
    wheel = build_backend.build_wheel(tmp_path)
    assert wheel.startswith(f"quartz_db-{quartz.__version__}-cp3") and wheel.endswith("x86_64.whl")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", tmp_path / "site",
         tmp_path / wheel], env=environment, capture_output=True, text=True,
    )
    if "No module named pip" in installed.stderr:
        pytest.skip("python3-pip is not installed")
    assert installed.returncode == 0, installed.stderr
    program = "import quartz; print(quartz.__file__); quartz.open('db').close()"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True,
        env={**environment, "PYTHONPATH": str(tmp_path / "site")},
    )
    assert told.stdout.startswith(str(tmp_path / "site"))
    assert sysconfig.get_config_var("EXT_SUFFIX") in os.listdir(tmp_path / "site" / "quartz").__str__()
