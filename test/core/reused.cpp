#include "catch.hpp"

#include <duet/core/reused.hpp>
#include <thread>

namespace {

struct counted {
  static inline int alive = 0;
  int contents = 0;
  counted() { ++alive; }
  counted(counted const&) = delete;
  ~counted() { --alive; }
};

// Each type has objects of its own.
template <int>
struct object : counted {};

}  // namespace

TEST_CASE("an object is used again, as it was left, and never twice at a time") {
  using B = object<0>;
  B const* first = nullptr;
  {
    duet::reused<B> const a;
    a->contents = 7;
    first = &*a;
    duet::reused<B> const b;
    CHECK(&*b != first);
    CHECK(b->contents == 0);
  }
  duet::reused<B> const again;
  CHECK(&*again == first);
  CHECK(again->contents == 7);
  CHECK(counted::alive == 2);
}

TEST_CASE("few objects lie idle, those not wanted none") {
  int const before = counted::alive;
  {
    std::array<duet::reused<object<1>>, 50> const many;
  }
  CHECK(counted::alive - before <= 16);
  int const kept = counted::alive;
  {
    duet::reused<object<2>> a;
    a.discard_later();
  }
  CHECK(counted::alive == kept);
}

TEST_CASE("the last owner gives a shared object back") {
  using B = object<3>;
  B const* place = nullptr;
  std::shared_ptr<B const> second;
  {
    std::shared_ptr<B const> const first = duet::reused<B>().share();
    place = first.get();
    second = first;
  }
  CHECK(&*duet::reused<B>() != place);
  second.reset();
  CHECK(&*duet::reused<B>() == place);
}

TEST_CASE("what a thread keeps goes with it, and what outlives the thread is deleted") {
  using B = object<4>;
  int const before = counted::alive;
  std::shared_ptr<B const> outlives;
  std::thread([&] {
    {
      duet::reused<B> const kept;
    }
    outlives = duet::reused<B>().share();
  }).join();
  CHECK(counted::alive == before + 1);
  outlives.reset();
  CHECK(counted::alive - before <= 1);  // this thread may keep it

  // Given back while the thread ends, after its idle objects are gone.
  int const now = counted::alive;
  std::thread([] {
    static thread_local std::shared_ptr<object<5> const> late;
    late = duet::reused<object<5>>().share();
  }).join();
  CHECK(counted::alive == now);
}

TEST_CASE("scratch memory grows to the most that was asked for") {
  double* large = nullptr;
  {
    duet::scratch<double> const s(1000);
    large = s.data();
    large[999] = 1;
  }
  duet::scratch<double> const small(10);
  CHECK(small.data() == large);
  duet::scratch<double> const another(10);
  CHECK(another.data() != large);
}
