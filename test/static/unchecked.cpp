// Without DUET_CHECKED nothing of checked mode takes room.

#include <duet/checked.hpp>
#include <duet/forward/dual.hpp>
#include <duet/reverse/recording.hpp>
#include <type_traits>

#if !DUET_CHECKED
namespace duet {

static_assert(!checked::enabled);
static_assert(sizeof(var<double>) == 16 && sizeof(var<float>) == 8);
static_assert(sizeof(leaf<var<float>>) == 8);
static_assert(std::is_trivially_copyable_v<var<>>);
static_assert(std::is_empty_v<checked::site> && std::is_empty_v<checked::statement> && std::is_empty_v<checked::stamp>);
static_assert(std::is_empty_v<checked::tape_checks<double>> && std::is_empty_v<checked::sweeping<double>>);
static_assert(std::is_empty_v<checked::forward_statement<dual<>>> && std::is_empty_v<checked::level_inside<dual<>>>);

}  // namespace duet
#endif
