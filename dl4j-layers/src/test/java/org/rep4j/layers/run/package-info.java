@NullMarked
package org.rep4j.layers.run;

import org.jspecify.annotations.NullMarked;
