/**
 * The SameDiff side: the adapter between SameDiff graphs and ConvGraph.
 *
 * <p>Up: {@code SameDiffView} sees which ops are alive, {@code ConstantArrays} which values are constant; an {@code Idiom}
 * reads several ops as one node ({@code ImportedConvolutionIdiom}, {@code GroupedConvolutionIdiom},
 * {@code PaddedConvolutionIdiom}, {@code SignedSumIdiom}, {@code AffineIdiom}, {@code LinearIdiom}); {@code OpReaders} knows who
 * reads each other op. Down: {@code SameDiffLower} finds what changed, {@code OpEmitter} and the emitters that it asks write new
 * ops, in forms that are read back as the same nodes; {@code SameDiffSurgery} puts them in the place of the old ones.
 *
 * <p>Files: {@code SameDiffFiles} reads them, also those of strangers, and writes them.
 */
@NullMarked
package org.rep4j.samediff;

import org.jspecify.annotations.NullMarked;
