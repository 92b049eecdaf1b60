#include <duet/core/checked.hpp>

bool second_is_checked();

int main() { return second_is_checked() == duet::checked::enabled ? 0 : 1; }
