@NullMarked
package org.rep4j.zoo;

import org.jspecify.annotations.NullMarked;
