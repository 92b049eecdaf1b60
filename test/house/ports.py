"""Fails unless the Conan recipe, the vcpkg manifest and the natvis file of Duet hold together, as far as that shows
without the tools they are for: they are read, and what they name exists. The recipe is run with a stand-in for Conan:
what it exports is enough to install Duet from.

python3 ports.py ROOT VERSION WORK CMAKE COMPILER"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import types
import xml.etree.ElementTree

root, version, work, cmake, compiler = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), *sys.argv[4:]
shutil.rmtree(work, ignore_errors=True)
faults = []


def require(truth, text):
    if not truth:
        faults.append(text)


# ---- Conan ----


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


class Recipe:
    recipe_folder = str(root / "doc/port/conan")
    export_sources_folder = source_folder = str(work / "exported")
    package_folder = str(work / "package")


class Toolchain:
    def __init__(self, recipe):
        self.cache_variables = recipe.cache_variables = {}

    def generate(self):
        pass


class Builder:
    def __init__(self, recipe):
        self.recipe = recipe

    def configure(self):
        settings = [f"-D{name}={value}" for name, value in self.recipe.cache_variables.items()]
        run("-S", self.recipe.source_folder, "-B", work / "build", f"-DCMAKE_CXX_COMPILER={compiler}", *settings)

    def install(self):
        run("--install", work / "build", "--prefix", self.recipe.package_folder)


def run(*arguments):
    subprocess.run([cmake, *arguments], check=True, stdout=subprocess.DEVNULL)


def copy(recipe, pattern, source, to):  # in Conan's patterns * matches / too
    found = list(pathlib.Path(source).glob(pattern.replace("/*", "/**/*")))
    require(found, f"the recipe copies {pattern}, of which there is none")
    for file in filter(pathlib.Path.is_file, found):
        target = pathlib.Path(to) / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def rmdir(recipe, path):
    require(pathlib.Path(path).is_dir(), f"the recipe removes {path}, which is not there")
    shutil.rmtree(path, ignore_errors=True)


def recipe(path, name):
    members = {}
    exec(compile((root / path).read_text(), path, "exec"), members)
    return members[name]()


module("conan", ConanFile=Recipe)
module("conan.tools")
module("conan.tools.build", check_min_cppstd=None, can_run=None)
module("conan.tools.cmake", CMake=Builder, CMakeToolchain=Toolchain, cmake_layout=None)
module("conan.tools.files", copy=copy, rmdir=rmdir, load=lambda recipe, path: pathlib.Path(path).read_text())
module("conan.tools.layout", basic_layout=None)

duet = recipe("doc/port/conan/conanfile.py", "DuetConan")
duet.set_version()
require(duet.version == version, f"the recipe is of version {duet.version}, expected {version}")
for step in (duet.export_sources, duet.generate, duet.build, duet.package):
    step()
packaged = {str(file.relative_to(work / "package")) for file in (work / "package").rglob("*") if file.is_file()}
expected = {str(file.relative_to(root)) for file in (root / "include").rglob("*") if file.is_file()}
expected |= {f"share/duet/{file.name}" for file in (root / "doc/debugger").iterdir()} | {"licenses/LICENSE"}
require(packaged == expected, f"the recipe's package differs: {sorted(packaged ^ expected)}")
recipe("doc/port/conan/test_package/conanfile.py", "DuetTestConan")

# ---- vcpkg ----

port = json.loads((root / "doc/port/vcpkg/vcpkg.json").read_text())
named = {entry if isinstance(entry, str) else entry["name"] for entry in port["dependencies"]}
included = set()
for header in (root / "include").rglob("*.hpp"):
    included.update(re.findall(r"#include <boost/(?:numeric/)?(\w+)", header.read_text()))
ports = {"boost-" + part for part in included}
require(ports == {name for name in named if name.startswith("boost-")},
        f"the port depends on {sorted(named)}, the headers include {sorted(ports)}")
options = re.findall(r"-D(DUET_\w+)=", (root / "doc/port/vcpkg/portfile.cmake").read_text())
for option in options + ["DUET_INSTALL"]:
    known = f"option({option} " in (root / "CMakeLists.txt").read_text()
    require(known, f"the port sets {option}, which is no option of Duet's")
require(options, "the port sets no options")

# ---- natvis ----

space = "{http://schemas.microsoft.com/vstudio/debugger/natvis/2010}"
shown = {}
for kind in xml.etree.ElementTree.parse(root / "doc/debugger/duet.natvis").getroot().iter(space + "Type"):
    text = " ".join(f"{part.text} {part.get('Condition')}" for part in kind.iter())
    name = re.match(r"duet::(\w+)<", kind.get("Name")).group(1)
    shown.setdefault(name, set()).update(re.findall(r"\b([a-z_]+_)\b", text))
require(set(shown) == {"dual", "hyperdual", "taylor", "var", "tape", "expression"}, f"natvis shows {sorted(shown)}")
for name, members in shown.items():
    headers = list((root / "include/duet").rglob(f"{name}.hpp"))
    headers += (root / "include/duet/forward/dynamic_dual.hpp", root / "include/duet/reverse/stream.hpp")
    code = "\n".join(header.read_text() for header in headers)
    for member in members:
        require(re.search(rf"\b{member}\b *(;|=|\{{)", code), f"natvis shows {name}::{member}, which is not there")

for fault in faults:
    print(fault)
sys.exit(1 if faults else 0)
