@NullMarked
package org.rep4j.layers;

import org.jspecify.annotations.NullMarked;
