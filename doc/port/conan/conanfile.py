"""Duet as a Conan 2 package, made from this very tree: conan create doc/port/conan"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain
from conan.tools.files import copy, load, rmdir
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class DuetConan(ConanFile):
    name = "duet"
    description = "Automatic differentiation in C++20: exact derivatives of generic functions, forward and reverse"
    license = "BSL-1.0"
    topics = ("automatic-differentiation", "gradient", "jacobian", "eigen", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps"
    no_copy_source = True

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        header = load(self, os.path.join(self._tree, "include", "duet", "core", "version.hpp"))
        self.version = ".".join(re.findall(r"DUET_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "include/*", "doc/debugger/*"):
            copy(self, pattern, self._tree, self.export_sources_folder)

    def layout(self):
        basic_layout(self, src_folder=".")

    def requirements(self):
        self.requires("eigen/3.4.0", transitive_headers=True)
        self.requires("boost/1.84.0", transitive_headers=True, options={"header_only": True})

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables.update(DUET_TESTS=False, DUET_EXAMPLES=False)
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "share", "cmake"))  # CMakeDeps writes its own
        rmdir(self, os.path.join(self.package_folder, "share", "pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "share", "doc"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.requires = ["eigen::eigen", "boost::headers"]
        self.cpp_info.set_property("cmake_file_name", "duet")
        self.cpp_info.set_property("cmake_target_name", "duet::duet")
        self.cpp_info.set_property("pkg_config_name", "duet")
