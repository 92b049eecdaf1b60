#include <duet/core/checked.hpp>

bool second_is_checked();
bool second_is_checked() { return duet::checked::enabled; }
