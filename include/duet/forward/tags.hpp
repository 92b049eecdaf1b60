#pragma once

// What the tag of a dual or hyper-dual says of it: how a driver looks after its derivatives, and how they lie.

#include <cstddef>

namespace duet {

// The tag of scalars whose statements do not look for zero times infinity: a driver that evaluates a function on them
// looks at the results, in which it shows as NaN or infinity, and then evaluates again with care (careful.hpp). Tag is
// that of the guarded scalar.
template <class Tag>
struct unguarded {};
template <class Tag>
inline constexpr bool is_unguarded = false;
template <class Tag>
inline constexpr bool is_unguarded<unguarded<Tag>> = true;

// The tag of scalars in large arrays: their partials are not aligned (blocks.hpp).
template <class Tag>
struct unaligned {};
template <class Tag>
inline constexpr bool is_unaligned = false;
template <class Tag>
inline constexpr bool is_unaligned<unaligned<Tag>> = true;
template <class Tag>
inline constexpr bool is_unaligned<unguarded<Tag>> = is_unaligned<Tag>;

// The tag of scalars in a pass over some of many inputs, where much is constant. What has no partials says so
// (stored_mark), and is neither read nor, by an assignment, written; a default one does not even clear them.
template <class Tag>
struct stored_late {};
template <class Tag>
inline constexpr bool is_stored_late = false;
template <class Tag>
inline constexpr bool is_stored_late<stored_late<Tag>> = true;
template <class Tag>
inline constexpr bool is_stored_late<unguarded<Tag>> = is_stored_late<Tag>;

// The guarded scalar of the same numbers.
template <class S>
struct guarded {
  using type = S;
};
template <template <class, std::size_t, class> class Scalar, class T, std::size_t N, class Tag>
struct guarded<Scalar<T, N, unguarded<Tag>>> {
  using type = Scalar<T, N, Tag>;
};
template <class S>
using guarded_t = typename guarded<S>::type;

}  // namespace duet
