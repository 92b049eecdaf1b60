# From a fresh Debian or Ubuntu machine to the main job and to the tests. All work is done by the presets of
# CMakePresets.json; this file installs what they need and names them.
#
#   make demo       builds the example `fit` and runs it on its three data sets
#   make test       builds and runs the tests                    (PRESET=dev|release|asan|clang)
#   make test-all   the tests by every preset, and each bench once
#   make mutation   flips every sign in every rule and shows that the tests find it
#   make bench      builds and runs the benches  (BENCH=rival: only that one; FLAGS=-O2: instead of -O3 -march=native)
#   make comparison times Duet beside all rivals found and writes doc/comparison.md anew  (FLAGS as for bench)
#   make doc        builds the website of the documentation in build/website/site
#   make format     formats the sources
#   make clean      removes build/
#
# JOBS=n limits parallel work. SETUP=no skips the look for packages.

JOBS ?= $(shell nproc)
PRESET ?= dev
SETUP ?= yes
MAKEFLAGS += --no-print-directory
.PHONY: demo test test-all mutation bench comparison doc format clean

# Debian packages, each with the command or file that shows that it is there (several: any of them).
build_packages := g++=g++ cmake=cmake ninja-build=ninja \
	libeigen3-dev=/usr/include/eigen3/Eigen/Core,/usr/local/include/eigen3/Eigen/Core \
	libboost-dev=/usr/include/boost/version.hpp,/usr/local/include/boost/version.hpp
test_packages := $(build_packages) catch2=/usr/include/catch2,/usr/local/include/catch2 \
	libxsimd-dev=/usr/include/xsimd/xsimd.hpp,/usr/local/include/xsimd/xsimd.hpp
clang_packages := clang-19=clang++-21,clang++-20,clang++-19,clang++-18,clang++-17,clang++-16
bench_packages := $(build_packages) libbenchmark-dev=/usr/include/benchmark,/usr/local/include/benchmark
rival_packages := libceres-dev=/usr/include/ceres/jet.h libadolc-dev=/usr/include/adolc/adolc.h \
	libtrilinos-sacado-dev=/usr/include/trilinos/Sacado_No_Kokkos.hpp libcolpack-dev=/usr/include/ColPack/ColPackHeaders.h \
	libtorch-dev=/usr/include/torch/csrc/api/include/torch/torch.h libopenblas0-serial=/usr/lib/*/openblas-serial/libblas.so.3
cross_packages := g++-aarch64-linux-gnu=aarch64-linux-gnu-g++ qemu-user-static=qemu-aarch64-static,qemu-aarch64
format_packages := clang-format-19=clang-format-19
doc_packages := mkdocs=mkdocs mkdocs-material=/usr/share/mkdocs/themes/material python3-pymdownx=/usr/lib/python3/dist-packages/pymdownx

# $(call need,PACKAGES) installs those that are missing; when all are there it only looks.
define need
@test $(SETUP) != no || exit 0; missing=; \
for package in $(1); do \
  found=; \
  for sign in $$(echo "$${package#*=}" | tr , ' '); do \
    case $$sign in /*) test -e $$sign ;; *) command -v $$sign >/dev/null ;; esac && found=yes; \
  done; \
  test -n "$$found" || missing="$$missing $${package%%=*}"; \
done; \
test -n "$$missing" || exit 0; \
echo "Packages to install:$$missing"; \
if ! command -v apt-get >/dev/null; then \
  echo "Duet needs these packages (their Debian names). There is no apt-get here: please install them, then try again." >&2; \
  exit 1; \
fi; \
if test $$(id -u) = 0; then root=; \
elif command -v sudo >/dev/null; then root=sudo; \
else \
  echo "Only root can install them, and there is no sudo. Please have run, as root:" >&2; \
  echo "  apt-get update && apt-get install --no-install-recommends$$missing" >&2; \
  exit 1; \
fi; \
$$root apt-get -q update; \
$$root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $$missing || { \
  echo "They could not be installed. Please have run, as root: apt-get update && apt-get install$$missing" >&2; exit 1; }
endef

demo:
	$(call need,$(build_packages))
	cmake --preset release -D DUET_TESTS=OFF
	cmake --build --preset release --parallel $(JOBS) --target fit
	@mkdir -p build/demo
	@for data in doc/example/data/*.csv; do \
	  picture=build/demo/$$(basename $$data .csv).svg; \
	  echo; echo "fit $$data --svg $$picture"; \
	  build/release/bin/fit $$data --svg $$picture || exit 1; \
	done

test:
	$(call need,$(test_packages) $(if $(filter clang,$(PRESET)),$(clang_packages)))
	cmake --preset $(PRESET) -D DUET_TESTS=ON
	cmake --build --preset $(PRESET) --parallel $(JOBS)
	ctest --preset $(PRESET) --parallel $(JOBS)

test-all:
	-$(call need,$(cross_packages) $(doc_packages) gdb=gdb pkgconf=pkg-config,pkgconf)
	$(MAKE) test PRESET=dev
	$(MAKE) test PRESET=clang
	$(MAKE) test PRESET=asan
	$(MAKE) test PRESET=release
	DUET_RANDOM_PROGRAMS=20000 build/release/bin/test_agreement 'Random programs*'
	DUET_RANDOM_PROGRAMS=1000000 build/release/bin/test_agreement 'Interpreted programs*'
	build/release/bin/test_reverse '[huge]'
	DUET_FLOAT_STRIDE=97 build/release/bin/test_math 'The errors of rules in float*'
	$(MAKE) mutation
	$(call need,$(bench_packages))
	cmake --preset bench
	cmake --build --preset bench --parallel $(JOBS)
	ctest --preset bench

mutation:
	$(call need,$(test_packages))
	cmake --preset release -D DUET_TESTS=ON
	cmake --build --preset release --target mutation

bench:
	$(call need,$(bench_packages))
	-$(call need,$(rival_packages))
	cmake --preset bench $(if $(FLAGS),-D CMAKE_CXX_FLAGS_RELEASE="$(FLAGS) -DNDEBUG")
	cmake --build --preset bench --parallel $(JOBS) $(if $(BENCH),--target bench_$(BENCH))
	@for program in build/bench/bin/bench_$(or $(BENCH),*); do echo; echo "$$program"; $$program || exit 1; done

comparison:
	$(call need,$(bench_packages))
	-$(call need,$(rival_packages))
	cmake --preset bench $(if $(FLAGS),-D CMAKE_CXX_FLAGS_RELEASE="$(FLAGS) -DNDEBUG")
	cmake --build --preset bench --parallel $(JOBS) --target comparison
	/usr/bin/python3 bench/comparison.py run build/bench/bin "make comparison$(if $(FLAGS), FLAGS='$(FLAGS)')"

doc:
	$(call need,$(doc_packages))
	/usr/bin/python3 doc/website/stage.py

format:
	$(call need,$(format_packages))
	clang-format-19 -i $$(find include test bench doc -name '*.hpp' -o -name '*.cpp')

clean:
	rm -rf build
