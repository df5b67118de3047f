@NullMarked
package org.rep4j.layers.deploy;

import org.jspecify.annotations.NullMarked;
