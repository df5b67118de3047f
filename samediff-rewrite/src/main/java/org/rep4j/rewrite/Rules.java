package org.rep4j.rewrite;

import java.util.List;
import org.rep4j.rewrite.rules.AbsorbBatchNormIntoConvolution;
import org.rep4j.rewrite.rules.AbsorbBatchNormIntoNextConvolution;
import org.rep4j.rewrite.rules.AbsorbBiasIntoConvolution;
import org.rep4j.rewrite.rules.AbsorbBiasIntoNextConvolution;
import org.rep4j.rewrite.rules.AbsorbPadIntoAveragePool;
import org.rep4j.rewrite.rules.AbsorbPadIntoConvolution;
import org.rep4j.rewrite.rules.AbsorbScaleIntoConvolution;
import org.rep4j.rewrite.rules.AbsorbScaleIntoNextConvolution;
import org.rep4j.rewrite.rules.DistributeAffineOverConcat;
import org.rep4j.rewrite.rules.DistributeAffineOverSum;
import org.rep4j.rewrite.rules.EliminateIdentity;
import org.rep4j.rewrite.rules.ExpandAffineIntoConvolution;
import org.rep4j.rewrite.rules.ExpandAveragePoolIntoConvolution;
import org.rep4j.rewrite.rules.ExpandIdentityIntoConvolution;
import org.rep4j.rewrite.rules.ExpandPaddedBranchIntoConvolution;
import org.rep4j.rewrite.rules.ExpandSequenceIntoConvolution;
import org.rep4j.rewrite.rules.GrowKernelToSibling;
import org.rep4j.rewrite.rules.MergeConcatenatedConvolutions;
import org.rep4j.rewrite.rules.MergeConsecutiveAffines;
import org.rep4j.rewrite.rules.MergeParallelAffines;
import org.rep4j.rewrite.rules.MergeParallelConvolutions;
import org.rep4j.rewrite.rules.MergeParallelTransposedConvolutions;
import org.rep4j.rewrite.rules.MergeSequentialConvolutions;
import org.rep4j.rewrite.rules.MovePadBeforeAffine;

/** The catalogue: every rule there is, in the order in which a reader may want to learn them. */
public final class Rules {
    /** An op that changes nothing goes. */
    public static final Rule ELIMINATE_IDENTITY = new EliminateIdentity();

    /** Pad with zeros → Conv becomes Conv with padding. */
    public static final Rule ABSORB_PAD = new AbsorbPadIntoConvolution();

    /** Pad with zeros → AveragePool becomes AveragePool with padding. */
    public static final Rule ABSORB_PAD_INTO_POOL = new AbsorbPadIntoAveragePool();

    /** Conv → BatchNorm becomes Conv. */
    public static final Rule ABSORB_BATCH_NORM = new AbsorbBatchNormIntoConvolution();

    /** Conv → Mul with a constant becomes Conv. */
    public static final Rule ABSORB_SCALE = new AbsorbScaleIntoConvolution();

    /** Conv → Add of a constant becomes Conv. */
    public static final Rule ABSORB_BIAS = new AbsorbBiasIntoConvolution();

    /** BatchNorm → Pad with its shift → Conv becomes Pad with zeros → BatchNorm → Conv. */
    public static final Rule MOVE_PAD = new MovePadBeforeAffine();

    /** BatchNorm → Conv without padding becomes Conv. */
    public static final Rule ABSORB_BATCH_NORM_INTO_NEXT = new AbsorbBatchNormIntoNextConvolution();

    /** Mul with a constant → Conv becomes Conv. */
    public static final Rule ABSORB_SCALE_INTO_NEXT = new AbsorbScaleIntoNextConvolution();

    /** Add of a constant → Conv without padding becomes Conv. */
    public static final Rule ABSORB_BIAS_INTO_NEXT = new AbsorbBiasIntoNextConvolution();

    /** The branch x of Conv(x) + x becomes a 1×1 Conv. */
    public static final Rule EXPAND_IDENTITY = new ExpandIdentityIntoConvolution();

    /** The branch BatchNorm(x) of Conv(x) + BatchNorm(x) becomes a 1×1 Conv. */
    public static final Rule EXPAND_AFFINE = new ExpandAffineIntoConvolution();

    /** The 1×1 of Conv 3×3 + Conv 1×1 becomes a 3×3. */
    public static final Rule GROW_KERNEL = new GrowKernelToSibling();

    /** The branch AveragePool(x) of Conv(x) + AveragePool(x) becomes a Conv. */
    public static final Rule EXPAND_AVERAGE_POOL = new ExpandAveragePoolIntoConvolution();

    /** The branch Conv(Crop(x)) of Conv(x) + Conv(Crop(x)) becomes a Conv of x. */
    public static final Rule EXPAND_PADDED_BRANCH = new ExpandPaddedBranchIntoConvolution();

    /** The branch Conv(Conv(x)) of Conv(x) + Conv(Conv(x)) becomes a Conv of x. */
    public static final Rule EXPAND_SEQUENCE = new ExpandSequenceIntoConvolution();

    /** BatchNorm(x) + x becomes BatchNorm(x). */
    public static final Rule MERGE_PARALLEL_AFFINES = new MergeParallelAffines();

    /** Conv(Conv(x)) becomes Conv(x). */
    public static final Rule MERGE_SEQUENTIAL = new MergeSequentialConvolutions();

    /** Conv(x) + Conv(x) becomes Conv(x). */
    public static final Rule MERGE_PARALLEL = new MergeParallelConvolutions();

    /** ConvTranspose(x) + ConvTranspose(x) becomes ConvTranspose(x). */
    public static final Rule MERGE_PARALLEL_TRANSPOSED = new MergeParallelTransposedConvolutions();

    /** Concat(Conv(x), Conv(x)) becomes Conv(x). */
    public static final Rule MERGE_CONCATENATED = new MergeConcatenatedConvolutions();

    /** BatchNorm(Conv(x) + Conv(y)) becomes Conv(x) + Conv(y). */
    public static final Rule DISTRIBUTE_OVER_SUM = new DistributeAffineOverSum();

    /** BatchNorm(Concat(Conv(x), Conv(y))) becomes Concat(Conv(x), Conv(y)). */
    public static final Rule DISTRIBUTE_OVER_CONCAT = new DistributeAffineOverConcat();

    /** BatchNorm → BatchNorm becomes BatchNorm. */
    public static final Rule MERGE_CONSECUTIVE_AFFINES = new MergeConsecutiveAffines();

    /** All of them. */
    public static final List<Rule> ALL = List.of(
            ELIMINATE_IDENTITY,
            ABSORB_PAD,
            ABSORB_PAD_INTO_POOL,
            ABSORB_BATCH_NORM,
            ABSORB_SCALE,
            ABSORB_BIAS,
            MERGE_PARALLEL_AFFINES,
            MOVE_PAD,
            ABSORB_BATCH_NORM_INTO_NEXT,
            ABSORB_SCALE_INTO_NEXT,
            ABSORB_BIAS_INTO_NEXT,
            EXPAND_IDENTITY,
            EXPAND_AFFINE,
            EXPAND_AVERAGE_POOL,
            EXPAND_PADDED_BRANCH,
            EXPAND_SEQUENCE,
            GROW_KERNEL,
            MERGE_PARALLEL,
            MERGE_SEQUENTIAL,
            MERGE_PARALLEL_TRANSPOSED,
            MERGE_CONCATENATED,
            DISTRIBUTE_OVER_SUM,
            DISTRIBUTE_OVER_CONCAT,
            MERGE_CONSECUTIVE_AFFINES);

    private Rules() {}
}
